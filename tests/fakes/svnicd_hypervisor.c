/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See svnicd_hypervisor.h.  The channel is a pipe, as the device of the real
 * one is a file; a pending port is an octet in it.
 */
#include "svnicd_hypervisor.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <xenctrl.h>
#include <xenevtchn.h>
#include <xengnttab.h>

#define PORT 17

struct fake_hypervisor fake_hypervisor;
static int channel[2] = { -1, -1 };

void fake_ring(void)
{
	if (channel[1] >= 0 && write(channel[1], "!", 1) != 1)
		_exit(1);
}

void *xengnttab_map_grant_ref(xengnttab_handle *h, uint32_t domid, uint32_t ref,
			      int prot)
{
	(void)h;
	(void)domid;
	(void)ref;
	(void)prot;
	if (!fake_hypervisor.page) {
		errno = EINVAL;
		return NULL;
	}
	fake_hypervisor.mapped++;
	return fake_hypervisor.page;
}

int xengnttab_unmap(xengnttab_handle *h, void *start, uint32_t count)
{
	(void)h;
	(void)start;
	fake_hypervisor.mapped -= count;
	return 0;
}

int xengnttab_grant_copy(xengnttab_handle *h, uint32_t count,
			 xengnttab_grant_copy_segment_t *segs)
{
	(void)h;
	(void)count;
	segs->status = fake_hypervisor.copy_status;
	if (segs->status == GNTST_okay)
		memset(segs->dest.virt, 0x77, segs->len);
	return 0;
}

xenevtchn_handle *xenevtchn_open(struct xentoollog_logger *logger,
				 unsigned int flags)
{
	(void)logger;
	(void)flags;
	return pipe(channel) ? NULL : (xenevtchn_handle *)channel;
}

int xenevtchn_close(xenevtchn_handle *h)
{
	(void)h;
	close(channel[0]);
	close(channel[1]);
	channel[0] = channel[1] = -1;
	fake_hypervisor.bound = 0;
	return 0;
}

int xenevtchn_fd(xenevtchn_handle *h)
{
	(void)h;
	return channel[0];
}

xenevtchn_port_or_error_t xenevtchn_bind_interdomain(xenevtchn_handle *h,
						     uint32_t domid,
						     evtchn_port_t remote)
{
	(void)h;
	(void)domid;
	(void)remote;
	if (fake_hypervisor.bind_fails) {
		errno = EINVAL;
		return -1;
	}
	fake_hypervisor.bound++;
	return PORT;
}

xenevtchn_port_or_error_t xenevtchn_pending(xenevtchn_handle *h)
{
	char c;

	(void)h;
	return read(channel[0], &c, 1) == 1 ? PORT : -1;
}

int xenevtchn_unmask(xenevtchn_handle *h, evtchn_port_t port)
{
	(void)h;
	(void)port;
	fake_hypervisor.unmasked++;
	return 0;
}

int xenevtchn_notify(xenevtchn_handle *h, evtchn_port_t port)
{
	(void)h;
	(void)port;
	fake_hypervisor.notified++;
	return 0;
}
