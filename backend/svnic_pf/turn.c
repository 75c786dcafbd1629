// SPDX-License-Identifier: GPL-2.0-only
/*
 * A turn of svnicd's netif path: the event channels that it rings and the
 * pieces that it copies, from and to pages of its own that this driver
 * allocated.  Those need no pinning, and one call serves many guests.  What
 * guests and the card are to see of the pieces is stored in svnicd's mappings of
 * their rings.
 *
 * The pieces are svnicd's word, which passes on what guests wrote: the copy of
 * them is checked whole before Xen sees the first one.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <xen/grant_table.h>
#include <xen/page.h>
#include <xen/xen.h>

#include "pages.h"
#include "port.h"
#include "svnic_pf.h"
#include "turn.h"
#include "vif.h"

/* What one turn needs while it is under way; as large as the largest one. */
struct pf_turn {
	struct mutex lock;
	struct svnic_pf_turn arg;
	struct svnic_pf_piece piece[SVNIC_PF_TURN_PIECES];
	struct page *page[SVNIC_PF_TURN_PIECES];
	struct gnttab_copy op[SVNIC_PF_TURN_PIECES];
	struct svnic_pf_slot slot[SVNIC_PF_TURN_SLOTS];
	struct svnic_pf_post post[SVNIC_PF_TURN_POSTS];
};

struct pf_turn *svnic_pf_turn_create(void)
{
	struct pf_turn *t = kvzalloc(sizeof(*t), GFP_KERNEL);

	if (t)
		mutex_init(&t->lock);
	return t;
}

void svnic_pf_turn_free(struct pf_turn *t)
{
	kvfree(t);
}

static int check(const struct pf_turn *t)
{
	const struct svnic_pf_piece *p;
	u32 i;

	for (i = 0; i < t->arg.nr_pieces; i++) {
		p = &t->piece[i];
		if (!p->len || (p->flags & ~SVNIC_PF_TO_GUEST) ||
		    p->domid >= SVNIC_PF_DOMID_SELF ||
		    p->offset + p->len > SVNIC_PAGE_SIZE ||
		    p->at + p->len > SVNIC_PAGE_SIZE)
			return -EINVAL;
	}
	return 0;
}

/*
 * The pages of a run of pieces of one VIF, each with a reference: it may lose
 * them to the end of the card meanwhile.  Returns how many were found.
 */
static u32 take_pages(struct pf_card *card, struct pf_turn *t, u32 first)
{
	u32 nr = t->piece[first].vif;
	struct pf_vif *vif = svnic_pf_guest_vif(card, nr);
	struct pf_page *p;
	u32 i = first;

	if (IS_ERR(vif))
		return 0;
	mutex_lock(&vif->lock);
	for (; i < t->arg.nr_pieces && t->piece[i].vif == nr; i++) {
		p = svnic_pf_page(vif, t->piece[i].page);
		if (!p || p->kind != PF_PAGE_OWN)
			break;
		t->page[i] = p->page;
		get_page(p->page);
	}
	mutex_unlock(&vif->lock);
	svnic_pf_vif_put(vif);
	return i - first;
}

static void fill(struct gnttab_copy *op, const struct svnic_pf_piece *p,
		 struct page *page)
{
	bool to_guest = p->flags & SVNIC_PF_TO_GUEST;
	struct gnttab_copy_ptr *own = to_guest ? &op->source : &op->dest;
	struct gnttab_copy_ptr *its = to_guest ? &op->dest : &op->source;

	own->u.gmfn = xen_page_to_gfn(page);
	own->domid = DOMID_SELF;
	own->offset = p->at;
	its->u.ref = p->gref;
	its->domid = p->domid;
	its->offset = p->offset;
	op->len = p->len;
	op->flags = to_guest ? GNTCOPY_dest_gref : GNTCOPY_source_gref;
	op->status = GNTST_general_error;
}

/* Each piece has a status of its own (rule R26). */
static void judge(struct pf_turn *t)
{
	u32 i;

	for (i = 0; i < t->arg.nr_pieces; i++) {
		t->piece[i].status = t->op[i].status;
		if (t->op[i].status != GNTST_okay)
			t->arg.failed++;
	}
}

static int copy(struct pf_card *card, struct pf_turn *t)
{
	u32 i, n, done = 0;
	int err = 0;

	while (done < t->arg.nr_pieces) {
		n = take_pages(card, t, done);
		if (!n) {
			err = -ENOENT;
			goto out_put;
		}
		done += n;
	}
	for (i = 0; i < done; i++)
		fill(&t->op[i], &t->piece[i], t->page[i]);
	gnttab_batch_copy(t->op, done);
	judge(t);
out_put:
	for (i = 0; i < done; i++)
		put_page(t->page[i]);
	return err;
}

/*
 * Guests see the responses, then that there are some; the card sees frames, then
 * its doorbell.
 */
static int store(const struct pf_turn *t)
{
	u32 i;

	for (i = 0; i < t->arg.nr_slots; i++)
		if (put_user(t->slot[i].value,
			     (u64 __user *)u64_to_user_ptr(t->slot[i].at)))
			return -EFAULT;
	for (i = 0; i < t->arg.nr_posts; i++) {
		/* Pairs with gather_avail() in
		 * device-firmware/core/gather.c and look() in bell.c
		 * (ordering.md O1), and with guests that look at theirs. */
		wmb();
		if (put_user(t->post[i].value,
			     (u32 __user *)u64_to_user_ptr(t->post[i].word)))
			return -EFAULT;
	}
	return 0;
}

/* The index that its guest waits for was passed, or is just what it became. */
static int wants_ring(const struct svnic_pf_post *p)
{
	u32 event;

	if (!p->event)
		return 0;
	if (get_user(event, (u32 __user *)u64_to_user_ptr(p->event)))
		return -EFAULT;
	return p->value - event < p->value - p->old;
}

static int post(struct pf_turn *t, struct pf_ports *s)
{
	u32 port[SVNIC_PF_TURN_POSTS];
	u32 i, nr = 0;
	int err = store(t);

	if (err)
		return err;
	virt_mb(); /* pairs with the guest's, which sets its index and looks */
	for (i = 0; i < t->arg.nr_posts; i++) {
		err = wants_ring(&t->post[i]);
		if (err < 0)
			return err;
		if (!err)
			continue;
		t->arg.rung |= 1u << i;
		port[nr++] = t->post[i].port;
	}
	svnic_pf_ports_act(s, port, nr, 0);
	return 0;
}

static int copy_pieces(struct pf_card *card, struct pf_turn *t)
{
	int err;

	down_read(&card->gone_sem);
	err = svnic_pf_is_removed(card) ? -ENODEV : copy(card, t);
	up_read(&card->gone_sem);
	return err;
}

static int run(struct pf_card *card, struct pf_turn *t, struct pf_ports *s)
{
	int err = 0;

	if (!xen_domain())
		return -EOPNOTSUPP;
	if (t->arg.nr_ports || t->arg.nr_unmask)
		svnic_pf_ports_act(s, t->arg.port, t->arg.nr_ports,
				   t->arg.nr_unmask);
	if (t->arg.nr_pieces)
		err = copy_pieces(card, t);
	if (!err && !t->arg.failed && t->arg.nr_posts)
		err = post(t, s);
	return err;
}

static int copy_in(struct pf_turn *t, const void __user *user)
{
	if (copy_from_user(&t->arg, user, sizeof(t->arg)))
		return -EFAULT;
	t->arg.failed = 0;
	t->arg.rung = 0;
	if (t->arg.nr_pieces > SVNIC_PF_TURN_PIECES ||
	    t->arg.nr_slots > SVNIC_PF_TURN_SLOTS ||
	    t->arg.nr_posts > SVNIC_PF_TURN_POSTS ||
	    t->arg.nr_ports > SVNIC_PF_TURN_PORTS ||
	    t->arg.nr_unmask > SVNIC_PF_TURN_PORTS - t->arg.nr_ports)
		return -EINVAL;
	if (copy_from_user(t->piece, u64_to_user_ptr(t->arg.pieces),
			   t->arg.nr_pieces * sizeof(t->piece[0])) ||
	    copy_from_user(t->slot, u64_to_user_ptr(t->arg.slots),
			   t->arg.nr_slots * sizeof(t->slot[0])) ||
	    copy_from_user(t->post, u64_to_user_ptr(t->arg.posts),
			   t->arg.nr_posts * sizeof(t->post[0])))
		return -EFAULT;
	return check(t);
}

static int copy_out(const struct pf_turn *t, void __user *user)
{
	struct svnic_pf_turn __user *to = user;

	if (put_user(t->arg.failed, &to->failed) ||
	    put_user(t->arg.rung, &to->rung))
		return -EFAULT;
	if (!t->arg.failed)
		return 0;
	if (copy_to_user(u64_to_user_ptr(t->arg.pieces), t->piece,
			 t->arg.nr_pieces * sizeof(t->piece[0])))
		return -EFAULT;
	return 0;
}

int svnic_pf_turn(struct pf_card *card, struct pf_turn *t, struct pf_ports *s,
		  void __user *user)
{
	int err;

	if (mutex_lock_interruptible(&t->lock))
		return -ERESTARTSYS;
	err = copy_in(t, user);
	if (!err)
		err = run(card, t, s);
	if (!err)
		err = copy_out(t, user);
	if (!err && t->arg.failed)
		err = 1;
	mutex_unlock(&t->lock);
	return err;
}
