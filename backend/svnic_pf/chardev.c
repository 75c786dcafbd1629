// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/svnicN, as include/svnic/pf.h describes it: who has it open, and the
 * events that read() reports.  A file outlives its card: from PF_REMOVED on it
 * says -ENODEV.
 */
#include <linux/fs.h>
#include <linux/idr.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "chardev.h"
#include "mapping.h"
#include "port.h"
#include "svnic_pf.h"
#include "turn.h"

static DEFINE_IDA(numbers);

struct pf_file {
	struct pf_card *card;
	struct mutex read_lock; /* readers of one file take turns */
	bool writer;
	struct pf_turn *turn;	/* of a writer; NULL else */
	struct pf_ports *ports; /* likewise */
};

static bool take_event(struct pf_file *f, struct svnic_event *event)
{
	return svnic_pf_event_take(f->card, event) ||
	       svnic_pf_port_take(f->ports, event);
}

static bool is_readable(struct pf_file *f)
{
	return svnic_pf_event_waits(f->card) || svnic_pf_port_waits(f->ports);
}

static void return_event(struct pf_file *f, const struct svnic_event *event)
{
	if (event->reason == SVNIC_PF_EVENT_PORT)
		svnic_pf_port_return(f->ports, svnic_cpu32(event->arg));
	else
		svnic_pf_event_return(f->card, event);
}

static int wait_event_for(struct pf_file *f, bool wait,
			  struct svnic_event *event)
{
	struct pf_card *card = f->card;

	while (!take_event(f, event)) {
		if (svnic_pf_is_lost(card) || svnic_pf_is_removed(card))
			return -ENODEV;
		if (!wait)
			return -EAGAIN;
		if (wait_event_interruptible(card->events.readers,
					     is_readable(f) ||
						     svnic_pf_is_lost(card) ||
						     svnic_pf_is_removed(card)))
			return -ERESTARTSYS;
	}
	return 0;
}

static ssize_t read_events(struct pf_file *f, bool wait, char __user *to,
			   size_t count)
{
	struct svnic_event event;
	size_t done = 0;
	int err;

	while (count - done >= sizeof(event)) {
		if (done == 0)
			err = wait_event_for(f, wait, &event);
		else
			err = take_event(f, &event) ? 0 : -EAGAIN;
		if (!err && copy_to_user(to + done, &event, sizeof(event))) {
			return_event(f, &event);
			err = -EFAULT;
		}
		if (err)
			return done ? (ssize_t)done : err;
		done += sizeof(event);
	}
	return (ssize_t)done;
}

/*
 * The end of a turn: what rings within its time, as read() would report it.
 * That there is nothing more to come of this card, read() says.
 */
static int wait_in_turn(struct pf_file *f, struct svnic_pf_turn __user *user,
			bool is_over)
{
	struct pf_card *card = f->card;
	u32 wait_ms, room;
	ssize_t got;
	u64 events;

	if (get_user(room, &user->nr_events) ||
	    get_user(wait_ms, &user->wait_ms) ||
	    get_user(events, &user->events))
		return -EFAULT;
	if (!room)
		return 0;
	if (is_over)
		return put_user(0u, &user->nr_events);
	wait_event_interruptible_timeout(
		card->events.readers,
		is_readable(f) || svnic_pf_is_lost(card) ||
			svnic_pf_is_removed(card),
		msecs_to_jiffies(min_t(u32, wait_ms, SVNIC_PF_TURN_WAIT)));
	mutex_lock(&f->read_lock);
	got = read_events(f, false, u64_to_user_ptr(events),
			  (size_t)room * sizeof(struct svnic_event));
	mutex_unlock(&f->read_lock);
	if (got < 0)
		got = 0;
	return put_user((u32)((size_t)got / sizeof(struct svnic_event)),
			&user->nr_events);
}

static ssize_t pf_read(struct file *file, char __user *to, size_t count,
		       loff_t *pos)
{
	struct pf_file *f = file->private_data;
	ssize_t got;

	if (!f->writer) /* an onlooker must not take events from svnicd */
		return -EBADF;
	if (count < sizeof(struct svnic_event))
		return -EINVAL;
	if (mutex_lock_interruptible(&f->read_lock))
		return -ERESTARTSYS;
	got = read_events(f, !(file->f_flags & O_NONBLOCK), to, count);
	mutex_unlock(&f->read_lock);
	return got;
}

/* What belongs to the file and ends with it. */
static long file_ioctl(struct pf_file *f, unsigned int cmd, void __user *user)
{
	struct svnic_pf_port port;
	u32 nr;
	int err;

	switch (cmd) {
	case SVNIC_PF_TURN:
		err = svnic_pf_turn(f->card, f->turn, f->ports, user);
		return err < 0 ? err : wait_in_turn(f, user, err);
	case SVNIC_PF_PORT_BIND:
		if (copy_from_user(&port, user, sizeof(port)))
			return -EFAULT;
		err = svnic_pf_port_bind(f->ports, &port);
		if (!err && copy_to_user(user, &port, sizeof(port)))
			err = -EFAULT;
		return err;
	default:
		if (copy_from_user(&nr, user, sizeof(nr)))
			return -EFAULT;
		return svnic_pf_port_unbind(f->ports, nr);
	}
}

static long pf_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct pf_file *f = file->private_data;

	if (cmd == SVNIC_PF_TURN || cmd == SVNIC_PF_PORT_BIND ||
	    cmd == SVNIC_PF_PORT_UNBIND)
		return f->writer ? file_ioctl(f, cmd, (void __user *)arg)
				 : -EBADF;
	return svnic_pf_ioctl(f->card, f->writer, cmd, (void __user *)arg);
}

static __poll_t pf_poll(struct file *file, poll_table *wait)
{
	struct pf_file *f = file->private_data;
	struct pf_card *card = f->card;
	__poll_t mask = 0;

	poll_wait(file, &card->events.readers, wait);
	if (svnic_pf_is_lost(card) || svnic_pf_is_removed(card))
		mask |= EPOLLERR | EPOLLHUP;
	if (f->writer && is_readable(f))
		mask |= EPOLLIN | EPOLLRDNORM;
	return mask;
}

static int pf_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct pf_file *f = file->private_data;
	int err;

	if (!f->writer)
		return -EBADF;
	/* A private copy of a page would be of no use to the card. */
	if (!(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	down_read(&f->card->gone_sem);
	err = svnic_pf_mmap(f->card, vma);
	up_read(&f->card->gone_sem);
	return err;
}

static int writer_set(struct pf_card *card, struct file *file)
{
	int pid = atomic_cmpxchg(&card->writer, 0, task_tgid_nr(current));

	if (pid) {
		dev_notice_ratelimited(
			card->dev,
			"/dev/%s: process %d has it open for writing, process %d must wait\n",
			card->name, pid, task_tgid_nr(current));
		return -EBUSY;
	}
	down_write(&card->gone_sem);
	card->mapping = file->f_mapping;
	up_write(&card->gone_sem);
	return 0;
}

static int writer_open(struct pf_file *f, struct file *file)
{
	int err = -ENOMEM;

	f->turn = svnic_pf_turn_create();
	f->ports = svnic_pf_ports_create(f->card);
	if (f->turn && f->ports)
		err = writer_set(f->card, file);
	if (err) {
		svnic_pf_ports_free(f->ports);
		svnic_pf_turn_free(f->turn);
	}
	return err;
}

/* misc_mtx is held: the device cannot be taken out meanwhile. */
static int pf_open(struct inode *inode, struct file *file)
{
	struct pf_card *card =
		container_of(file->private_data, struct pf_card, misc);
	struct pf_file *f;
	int err = 0;

	f = kzalloc(sizeof(*f), GFP_KERNEL);
	if (!f)
		return -ENOMEM;
	mutex_init(&f->read_lock);
	f->card = card;
	f->writer = file->f_mode & FMODE_WRITE;
	if (f->writer)
		err = writer_open(f, file);
	if (err) {
		kfree(f);
		return err;
	}
	svnic_pf_get(card);
	file->private_data = f;
	return nonseekable_open(inode, file);
}

static int pf_release(struct inode *inode, struct file *file)
{
	struct pf_file *f = file->private_data;
	struct pf_card *card = f->card;

	/* First: whoever is the next writer may bind the same channels. */
	svnic_pf_ports_free(f->ports);
	if (f->writer) {
		down_write(&card->gone_sem);
		card->mapping = NULL;
		up_write(&card->gone_sem);
		atomic_set(&card->writer, 0);
	}
	svnic_pf_turn_free(f->turn);
	kfree(f);
	svnic_pf_put(card);
	return 0;
}

static const struct file_operations pf_fops = {
	.owner = THIS_MODULE,
	.open = pf_open,
	.release = pf_release,
	.read = pf_read,
	.poll = pf_poll,
	.mmap = pf_mmap,
	.unlocked_ioctl = pf_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

int svnic_pf_chardev_create(struct pf_card *card)
{
	int err;

	card->nr = ida_alloc(&numbers, GFP_KERNEL);
	if (card->nr < 0)
		return card->nr;
	snprintf(card->name, sizeof(card->name), "svnic%d", card->nr);
	card->misc.minor = MISC_DYNAMIC_MINOR;
	card->misc.name = card->name;
	card->misc.fops = &pf_fops;
	card->misc.parent = card->dev;
	card->misc.mode = 0600;
	err = misc_register(&card->misc);
	if (err)
		ida_free(&numbers, (unsigned int)card->nr);
	return err;
}

void svnic_pf_chardev_destroy(struct pf_card *card)
{
	misc_deregister(&card->misc);
	down_write(&card->gone_sem);
	set_bit(PF_REMOVED, &card->state);
	up_write(&card->gone_sem);
	svnic_pf_unmap_doorbells(card);
	wake_up_interruptible(&card->events.readers);
	ida_free(&numbers, (unsigned int)card->nr);
}
