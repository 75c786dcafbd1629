/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * svnic_pf.ko drives a card for the host that owns a link: its registers and
 * admin queue (admin.c), its event ring (event.c), the VIFs that were created
 * (vif.c), the pages that their page tables name (pages.c, grant.c), the
 * host's own network interface (netdev.c) and /dev/svnicN (chardev.c).
 *
 * Locks, outermost first; each is taken inside those above it only:
 *
 *   misc_mtx         the kernel's, around open()
 *   turn.lock        one turn of a file at a time; around access to user memory
 *   mmap_lock        the kernel's, around mmap()
 *   card->gone_sem   read by every file operation, written once by remove();
 *                    never held across an access to user memory
 *   card->net_lock   creation, loss and end of the host's own netdev
 *   RTNL             the kernel's, then svnic_net's own lock, around its
 *                    calls to netdev.c
 *   vif->lock        page table and queues of one VIF
 *   reset_lock       the one reset of a lost card
 *   admin.lock       submission of commands
 *   reap_lock        admin completions; hard interrupt
 *   ports.lock       event channels of a file; then its rung_lock, which is
 *                    taken in hard interrupt
 *   event_lock       VIF table, event targets, pending events; hard interrupt
 *
 * reap_lock and event_lock are never held together.  svnic_pf_lost() takes no
 * lock and may be called under any.
 */
#ifndef SVNIC_PF_SVNIC_PF_H
#define SVNIC_PF_SVNIC_PF_H

#include <linux/completion.h>
#include <linux/interrupt.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <svnic/abi.h>
#include <svnic/order.h>
#include <svnic/pf.h>

struct pf_ports;
struct pf_turn;
struct svnic_net;

#define PF_NAME		 "svnic_pf"
#define PF_EVENT_ENTRIES 8192u
#define PF_EVENT_OCTETS	 (SVNIC_PAGE_SIZE + 8 * PF_EVENT_ENTRIES)
#define PF_CHUNK	 512u /* page-table entries allocated together */
#define PF_CHUNKS	 (SVNIC_MAX_PAGES / PF_CHUNK)

enum pf_state {
	PF_LOST,    /* the card cannot be talked to any more */
	PF_QUIET,   /* ... and its link was reset: no DMA */
	PF_REMOVED, /* the driver has let go of the device */
};

/* What the card says of itself, checked once (rule R48). */
struct pf_identity {
	u32 version;
	u32 features;
	u32 link;
	u32 ports;
	u32 max_vifs;
	u32 epoch;
	u8 mac[6];
};

/* A place in the submission queue, from its filling to its answer's use. */
struct pf_slot {
	struct completion done;
	__le64 *payload; /* one page that the card may reach */
	dma_addr_t payload_bus;
	bool busy; /* set under admin.lock, cleared by the command's owner */
	/* reap_lock: */
	bool waiting;
	u16 id;
	u16 status;
	u32 result;
};

struct pf_admin {
	struct mutex lock;
	u32 tail; /* lock */
	spinlock_t reap_lock;
	u32 next; /* reap_lock: completions taken */
	struct svnic_admin_cmd *sq;
	struct svnic_admin_cpl *cq;
	dma_addr_t bus;
	wait_queue_head_t free;
	struct pf_slot slot[SVNIC_ADMIN_ENTRIES];
};

/* A command and its answer. */
struct pf_command {
	struct svnic_admin_cmd cmd; /* addr and len may be left zero */
	void *payload;		    /* copied to or from the card's page */
	u32 payload_len;
	u32 status; /* enum svnic_status, when the card answered */
	u32 result;
};

struct pf_events {
	struct svnic_event_ring *ring;
	const struct svnic_event *entry;
	dma_addr_t bus;
	/* event_lock: */
	u32 next;
	unsigned long window; /* jiffies that @left is for */
	unsigned int left;
	unsigned int scan; /* where read() goes on */
	u64 stray;	   /* for nobody */
	DECLARE_BITMAP(pending, SVNIC_MAX_VIFS);

	struct work_struct work; /* goes on when the interrupt must not */
	wait_queue_head_t readers;
};

enum pf_target {
	PF_TO_NONE,
	PF_TO_GUEST,
	PF_TO_DAEMON,
	PF_TO_NETDEV
};

enum pf_page_kind {
	PF_PAGE_FREE,
	PF_PAGE_GRANT,
	PF_PAGE_OWN,
	PF_PAGE_NETDEV
};

/* One entry of a VIF's page table. */
struct pf_page {
	struct page *page;
	u64 bus;
	u32 handle; /* of a grant */
	u32 gref;
	enum pf_page_kind kind;
};

struct pf_queue {
	enum pf_target target;
	u32 port;     /* PF_TO_GUEST: ours, bound to the guest's */
	bool event;   /* read() has to report it */
	bool faulted; /* read() has to report this too */
	u32 fault;
};

struct pf_vif {
	struct kref ref;
	struct pf_card *card;
	u32 nr;
	u64 cookie;
	/* The host's own VIF; both are set before anybody else can find it. */
	bool is_own;
	struct svnic_net *net;

	struct mutex lock;
	bool dead;			  /* lock: gone from the card */
	u32 domid;			  /* lock */
	u32 nr_guest;			  /* lock: grants and queues of domid */
	u32 nr_pages;			  /* lock */
	u32 queues;			  /* lock: bitmap of the started ones */
	struct xarray grefs;		  /* lock: of the mapped grants */
	struct pf_page *chunk[PF_CHUNKS]; /* lock */

	struct pf_queue queue[SVNIC_MAX_QUEUES]; /* event_lock */
};

struct pf_card {
	struct kref ref;
	struct pci_dev *pdev; /* a reference is held */
	struct device *dev;
	void __iomem *regs;
	phys_addr_t doorbells;
	unsigned long state; /* bits enum pf_state */
	struct pf_identity id;
	struct pf_admin admin;
	spinlock_t event_lock;
	struct pf_events events;
	struct pf_vif **vifs; /* event_lock, SVNIC_MAX_VIFS of them */
	struct mutex reset_lock;
	struct work_struct lost_work;
	struct delayed_work watch;
	unsigned int nr_missed; /* watch only */

	struct mutex net_lock;
	struct pf_vif *own;	    /* net_lock: the own VIF, also in vifs[] */
	struct svnic_net *net;	    /* net_lock */
	void __iomem *net_doorbell; /* net_lock */

	struct rw_semaphore gone_sem;
	struct miscdevice misc;
	char name[16];
	int nr;
	atomic_t writer; /* pid of the one that has it open for writing */
	struct address_space *mapping; /* gone_sem: of that one's file */
};

/* main.c */

/*
 * The card cannot be used any more: all commands fail from now on, all VIFs
 * will be released, and readers of the device file are told.  Any context.
 */
void svnic_pf_lost(struct pf_card *card, const char *why);
/* After this the lost card does no DMA.  May sleep. */
void svnic_pf_quiesce(struct pf_card *card);
void svnic_pf_get(struct pf_card *card);
void svnic_pf_put(struct pf_card *card);

static inline bool svnic_pf_is_lost(const struct pf_card *card)
{
	return test_bit(PF_LOST, &card->state);
}

static inline bool svnic_pf_is_removed(const struct pf_card *card)
{
	return test_bit(PF_REMOVED, &card->state);
}

/* admin.c */

void svnic_pf_admin_init(struct pf_card *card);
int svnic_pf_admin_alloc(struct pf_card *card);
/* The link is reset by then. */
void svnic_pf_admin_free(struct pf_card *card);
/*
 * Reset the link and take the queues into use; disabled by a reset, with an
 * error too: the card may have taken them.
 */
int svnic_pf_admin_enable(struct pf_card *card);
/* Wait until the link is reset: 0, -ETIMEDOUT, or -ENODEV: nobody there. */
int svnic_pf_link_reset(struct pf_card *card);
irqreturn_t svnic_pf_admin_irq(int irq, void *data);
/*
 * Carry out one command: 0, -EIO when the card refused (see status), -ENODEV
 * when the card is lost, which it is too after five seconds without an answer.
 * Process context; several may be under way.
 */
int svnic_pf_command(struct pf_card *card, struct pf_command *c);
/* The errno and the words for a status of the card. */
int svnic_pf_errno(u32 status);
const char *svnic_pf_status_text(u32 status);

/* event.c */
void svnic_pf_events_init(struct pf_card *card);
int svnic_pf_events_alloc(struct pf_card *card);
/* The link is reset and its interrupts are freed by then. */
void svnic_pf_events_free(struct pf_card *card);
/* Give the ring to the card; disabled by a reset. */
int svnic_pf_events_enable(struct pf_card *card);
irqreturn_t svnic_pf_event_irq(int irq, void *data);
/* From the return on, events of the queue go to @target, and nowhere else. */
void svnic_pf_event_target(struct pf_vif *vif, u32 queue, enum pf_target target,
			   u32 port);
/* Take an event that read() has to report, or give it back unread. */
bool svnic_pf_event_take(struct pf_card *card, struct svnic_event *event);
void svnic_pf_event_return(struct pf_card *card,
			   const struct svnic_event *event);
bool svnic_pf_event_waits(struct pf_card *card);

/* vif.c */

struct pf_start {
	u32 queue;
	enum pf_target target;
	u32 domid; /* PF_TO_GUEST */
	u32 port;  /* PF_TO_GUEST: the guest's unbound port */
	struct svnic_queue_config config;
};

/* A new VIF with one reference for the caller; in/out: @create. */
struct pf_vif *svnic_pf_vif_create(struct pf_card *card,
				   struct svnic_pf_create *create);
/* Stop, unmap and give back everything; again is harmless. */
void svnic_pf_vif_destroy(struct pf_vif *vif);
void svnic_pf_vif_destroy_all(struct pf_card *card);
struct pf_vif *svnic_pf_vif_find(struct pf_card *card, u32 nr);
/* One that svnicd may change, not the host's own; else ERR_PTR. */
struct pf_vif *svnic_pf_guest_vif(struct pf_card *card, u32 nr);
void svnic_pf_vif_put(struct pf_vif *vif);
/* An event channel between @domid's unbound port and a new one of ours. */
int svnic_pf_channel_bind(u32 domid, u32 remote, u32 *port);
void svnic_pf_channel_close(u32 port);
/* The VIF's grants and guest queues are of one domain only; vif->lock held. */
int svnic_pf_vif_claim(struct pf_vif *vif, u32 domid, u32 count);
void svnic_pf_vif_unclaim(struct pf_vif *vif, u32 count);
int svnic_pf_queue_start(struct pf_vif *vif, const struct pf_start *start,
			 u32 *status);
int svnic_pf_queue_stop(struct pf_vif *vif, u32 queue, u32 *status);

/* pages.c; with vif->lock held from svnic_pf_page() on */

/*
 * Make pages of this host known to the card from page index @first on.  Of
 * PF_PAGE_OWN pages a reference is taken over.
 */
int svnic_pf_pages_add(struct pf_vif *vif, u32 first, u32 count,
		       struct page **pages, enum pf_page_kind kind);
/*
 * Take a range out, whatever is in it; holes are passed over.  @done entries
 * are no longer used by the card when this returns, also with an error.
 */
int svnic_pf_pages_del(struct pf_vif *vif, u32 first, u32 count, u32 *done);
/* New zeroed pages, and their way into the daemon's memory. */
int svnic_pf_pages_alloc(struct pf_vif *vif, u32 first, u32 count);
int svnic_pf_pages_mmap(struct pf_vif *vif, u32 first,
			struct vm_area_struct *vma);
/* Entry @idx, or NULL when it cannot be in use. */
struct pf_page *svnic_pf_page(struct pf_vif *vif, u32 idx);
/* Room for [first, first + count), all free; else -errno and *failed. */
int svnic_pf_pages_reserve(struct pf_vif *vif, u32 first, u32 count,
			   u32 *failed);
/*
 * PAGES_MAP; the bus addresses may carry SVNIC_PAGE_READ_ONLY.  All or nothing;
 * with -EIO, *c tells the status, and as its result the first wrong entry.
 */
int svnic_pf_pages_load(struct pf_vif *vif, u32 first, u32 count, __le64 *bus,
			struct pf_command *c);
/* Give back all pages of a VIF that the card does not use any more. */
void svnic_pf_pages_release(struct pf_vif *vif);

/* grant.c */

/* SVNIC_PF_GRANTS_MAP with a private copy of its entries; sets its results. */
int svnic_pf_grants_map(struct pf_vif *vif, struct svnic_pf_grants *g,
			const struct svnic_gref_entry *entries);
/* Entries that the card does not use any more and that all are grants. */
void svnic_pf_grants_release(struct pf_vif *vif, u32 first, u32 count);

/* netdev.c */
int svnic_pf_netdev_create(struct pf_card *card);
void svnic_pf_netdev_lost(struct pf_card *card);
void svnic_pf_netdev_destroy(struct pf_card *card);
void svnic_pf_netdev_info(struct pf_card *card, struct svnic_pf_info *info);

/* port.c; @s is of one file, whose reader is woken with the card's */
struct pf_ports *svnic_pf_ports_create(struct pf_card *card);
/* Unbinds all; NULL is nothing. */
void svnic_pf_ports_free(struct pf_ports *s);
int svnic_pf_port_bind(struct pf_ports *s, struct svnic_pf_port *arg);
int svnic_pf_port_unbind(struct pf_ports *s, u32 port);
/* Ring the first of them, unmask the others; foreign ones are passed over. */
void svnic_pf_ports_act(struct pf_ports *s, const u32 *port, u32 nr_ring,
			u32 nr_unmask);
bool svnic_pf_port_take(struct pf_ports *s, struct svnic_event *event);
void svnic_pf_port_return(struct pf_ports *s, u32 port);
bool svnic_pf_port_waits(struct pf_ports *s);

/* turn.c */
struct pf_turn *svnic_pf_turn_create(void);
void svnic_pf_turn_free(struct pf_turn *t);
/* SVNIC_PF_TURN but for its wait; 1: a piece failed.  @user: its argument. */
int svnic_pf_turn(struct pf_card *card, struct pf_turn *t, struct pf_ports *s,
		  void __user *user);

/* ioctl.c; @writer: the file may change things */
long svnic_pf_ioctl(struct pf_card *card, bool writer, unsigned int cmd,
		    void __user *user);

/* chardev.c */
int svnic_pf_chardev_init(void);
void svnic_pf_chardev_fini(void);
int svnic_pf_chardev_create(struct pf_card *card);
/* No file operation touches the device any more when this returns. */
void svnic_pf_chardev_destroy(struct pf_card *card);

#endif /* SVNIC_PF_SVNIC_PF_H */
