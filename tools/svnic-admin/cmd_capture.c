// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copies of a VIF's frames: a pcap file by libpcap, a line each for people,
 * or a JSON object each.  The filter runs here, so svnicd compiles nothing.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <jansson.h>
#include <svnic/control.h>
#include <svnic/order.h>
#include "admin.h"
#include "conn.h"
#include "filter.h"
#include "output.h"
#include "signals.h"
#include "summary.h"

#define SNAPLEN	     262144
#define NS_IN_SECOND 1000000000u

struct capture {
	struct admin *a;
	struct conn conn;
	pcap_t *pcap;
	struct bpf_program filter;
	pcap_dumper_t *dump; /* NULL: lines */
	unsigned long snaplen;
	unsigned long limit; /* 0: none */
	unsigned long taken;
	unsigned long seen;
	unsigned long lost;
	unsigned char frame[SNAPLEN];
};

static int open_dump(struct capture *c, const char *path)
{
	if (strcmp(path, "-")) {
		c->dump = pcap_dump_open(c->pcap, path);
	} else {
		if (isatty(STDOUT_FILENO))
			return admin_usage(
				c->a,
				"a pcap file is not for a terminal; expected a pipe, as in: svnic-admin capture VIF -w - | tcpdump -r -");
		c->dump = pcap_dump_fopen(c->pcap, stdout);
	}
	if (c->dump)
		return 0;
	/* libpcap names the file. */
	fprintf(stderr, "svnic-admin capture: cannot write: %s\n",
		pcap_geterr(c->pcap));
	return ADMIN_FAILED;
}

/* Everything that can be wrong with the command line is found here. */
static int prepare(struct capture *c)
{
	const char *count = admin_value(c->a, "count");
	const char *snaplen = admin_value(c->a, "snaplen");
	int rc = 0;

	c->snaplen = SNAPLEN;
	if (count)
		rc = admin_number(c->a, "--count", count, 1, UINT32_MAX,
				  &c->limit);
	if (rc == 0 && snaplen)
		rc = admin_number(c->a, "--snaplen", snaplen, 14, SNAPLEN,
				  &c->snaplen);
	if (rc)
		return rc;
	c->pcap = pcap_open_dead_with_tstamp_precision(
		DLT_EN10MB, SNAPLEN, PCAP_TSTAMP_PRECISION_NANO);
	if (!c->pcap) {
		fputs("svnic-admin capture: out of memory\n", stderr);
		return ADMIN_FAILED;
	}
	return filter_compile(c->a, 1, c->pcap, &c->filter);
}

static int begin(struct capture *c)
{
	json_t *arguments, *result;
	int rc;

	arguments = json_pack("{s:s, s:I}", "vif", c->a->operand[0], "snaplen",
			      (json_int_t)c->snaplen);
	if (!arguments)
		return admin_usage(c->a, "the name of the VIF is not UTF-8");
	rc = conn_request(&c->conn, c->a, arguments, &result);
	if (rc == 0)
		json_decref(result);
	return rc;
}

/* 0, -1 at the end, or an exit code. */
static int next_record(struct capture *c, struct svnic_capture_record *record)
{
	uint32_t len;
	int rc;

	rc = conn_read(&c->conn, record, sizeof(*record));
	if (rc)
		return rc;
	len = svnic_cpu32(record->len);
	if (len > SNAPLEN) {
		fprintf(stderr,
			"svnic-admin capture: svnicd announced a frame of %u octets; are both of one release?\n",
			len);
		return ADMIN_FAILED;
	}
	return conn_read(&c->conn, c->frame, len);
}

static void write_pcap(struct capture *c, const struct pcap_pkthdr *header)
{
	pcap_dump((unsigned char *)c->dump, header, c->frame);
	/* Whoever reads along sees a frame as soon as no other is waiting. */
	if (conn_is_drained(&c->conn))
		pcap_dump_flush(c->dump);
}

static void print_json(const struct capture *c,
		       const struct svnic_capture_record *r, const char *text)
{
	json_t *line = json_pack("{s:I, s:b, s:I, s:I, s:s}", "time_ns",
				 (json_int_t)svnic_cpu64(r->time_ns), "sent",
				 svnic_cpu32(r->sent) != 0, "len",
				 (json_int_t)svnic_cpu32(r->len), "wire_len",
				 (json_int_t)svnic_cpu32(r->wire_len),
				 "summary", text);

	(void)c;
	json_dumpf(line, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(line);
}

static void print_line(const struct svnic_capture_record *r, const char *text)
{
	uint64_t ns = svnic_cpu64(r->time_ns);
	time_t seconds = (time_t)(ns / NS_IN_SECOND);
	char stamp[16] = "";
	struct tm tm;

	if (localtime_r(&seconds, &tm))
		strftime(stamp, sizeof(stamp), "%H:%M:%S", &tm);
	printf("%s.%06" PRIu64 " %c %s\n", stamp, ns % NS_IN_SECOND / 1000,
	       svnic_cpu32(r->sent) ? '>' : '<', text);
}

static void show(struct capture *c, const struct svnic_capture_record *r)
{
	char text[SUMMARY_SIZE];

	summary_print(c->frame, svnic_cpu32(r->len), svnic_cpu32(r->wire_len),
		      text);
	if (c->a->json)
		print_json(c, r, text);
	else
		print_line(r, text);
	if (conn_is_drained(&c->conn))
		fflush(stdout);
}

static void handle(struct capture *c, const struct svnic_capture_record *r)
{
	uint64_t ns = svnic_cpu64(r->time_ns);
	struct pcap_pkthdr header = {
		.ts = { .tv_sec = (time_t)(ns / NS_IN_SECOND),
			.tv_usec = (suseconds_t)(ns % NS_IN_SECOND) },
		.caplen = svnic_cpu32(r->len),
		.len = svnic_cpu32(r->wire_len),
	};

	c->seen++;
	c->lost += svnic_cpu32(r->lost);
	if (!pcap_offline_filter(&c->filter, &header, c->frame))
		return;
	c->taken++;
	if (c->dump)
		write_pcap(c, &header);
	else
		show(c, r);
}

static bool is_written(const struct capture *c)
{
	FILE *file = c->dump ? pcap_dump_file(c->dump) : stdout;

	return !ferror(file);
}

static int loop(struct capture *c)
{
	struct svnic_capture_record record;
	int rc = 0;

	while (rc == 0 && (c->limit == 0 || c->taken < c->limit)) {
		rc = next_record(c, &record);
		if (rc == 0)
			handle(c, &record);
		if (rc == 0 && !is_written(c)) {
			fputs("svnic-admin capture: the output cannot be written\n",
			      stderr);
			rc = ADMIN_FAILED;
		}
	}
	if (rc == -1 && !signals_came())
		fputs("svnic-admin capture: svnicd ended it: the VIF or the card is gone\n",
		      stderr);
	fprintf(stderr, "%lu frames captured, %lu did not match, %lu lost\n",
		c->taken, c->seen - c->taken, c->lost);
	if (rc == -1)
		return signals_came() ? ADMIN_OK : ADMIN_FAILED;
	return rc;
}

static int run(struct capture *c)
{
	const char *path = admin_value(c->a, "write");
	int rc;

	signals_catch();
	rc = conn_open(&c->conn, c->a->socket);
	if (rc)
		return rc;
	rc = begin(c);
	/* Only now, so that a wrong VIF leaves no empty file. */
	if (rc == 0 && path)
		rc = open_dump(c, path);
	if (rc == 0) {
		fprintf(stderr, "capturing %s, Ctrl-C ends it\n",
			c->a->operand[0]);
		rc = loop(c);
	}
	if (c->dump)
		pcap_dump_close(c->dump);
	conn_close(&c->conn);
	return rc;
}

int cmd_capture(struct admin *a)
{
	struct capture *c = calloc(1, sizeof(*c));
	int rc;

	if (!c) {
		fputs("svnic-admin capture: out of memory\n", stderr);
		return ADMIN_FAILED;
	}
	c->a = a;
	rc = prepare(c);
	if (rc == 0) {
		rc = run(c);
		pcap_freecode(&c->filter);
	}
	if (c->pcap)
		pcap_close(c->pcap);
	free(c);
	return rc;
}
