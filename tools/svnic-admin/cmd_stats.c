// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counters of a VIF, once or again and again.  What a verdict is called is
 * svnicd's to say: every number of the answer that is not zero is shown.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <jansson.h>
#include "admin.h"
#include "conn.h"
#include "output.h"
#include "signals.h"

#define NAME_WIDTH 24

static double now_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static const char *unit_of(const char *name)
{
	return strstr(name, "octets") ? "B" : "";
}

static void print_rate(const char *name, json_int_t before, json_int_t now,
		       double seconds)
{
	char total[OUTPUT_CELL], rate[OUTPUT_CELL];
	double moved = (double)(now - before) / seconds;

	output_scaled((double)now, unit_of(name), total);
	output_scaled(moved, unit_of(name), rate);
	printf("%-*s %12s %12s/s\n", NAME_WIDTH, name, total, rate);
}

static void print_total(const char *name, json_int_t now)
{
	char scaled[OUTPUT_CELL];

	printf("%-*s %16" JSON_INTEGER_FORMAT, NAME_WIDTH, name, now);
	if (now >= 1000 && unit_of(name)[0]) {
		output_scaled((double)now, unit_of(name), scaled);
		printf("  %s", scaled);
	}
	putchar('\n');
}

static const char *const traffic[] = {
	"tx_frames", "tx_octets", "rx_frames",	  "rx_octets",
	"events",    "faults",	  "tx_throttled", "tx_waited",
};
#define NR_TRAFFIC (sizeof(traffic) / sizeof(traffic[0]))

static bool is_traffic(const char *key)
{
	unsigned int i;

	for (i = 0; i < NR_TRAFFIC; i++) {
		if (strcmp(traffic[i], key) == 0)
			return true;
	}
	return false;
}

/* @before: an earlier answer, with @seconds in between; or 0. */
static void print_counter(const char *key, json_t *before, json_t *now,
			  double seconds)
{
	json_int_t value = json_integer_value(json_object_get(now, key));

	if (seconds > 0)
		print_rate(key,
			   json_integer_value(json_object_get(before, key)),
			   value, seconds);
	else
		print_total(key, value);
}

/* Verdicts that never came would bury the others. */
static void print_counters(json_t *before, json_t *now, double seconds)
{
	const char *key;
	json_t *value;
	unsigned int i;

	for (i = 0; i < NR_TRAFFIC; i++)
		print_counter(traffic[i], before, now, seconds);
	json_object_foreach(now, key, value)
	{
		if (!is_traffic(key) && json_integer_value(value))
			print_counter(key, before, now, seconds);
	}
}

static int ask(struct conn *c, const struct admin *a, json_t **result)
{
	json_t *arguments = json_pack("{s:s}", "vif", a->operand[0]);

	if (!arguments)
		return admin_usage(a, "the name of the VIF is not UTF-8");
	return conn_request(c, a, arguments, result);
}

static void show(const struct admin *a, json_t *before, json_t *now,
		 double seconds)
{
	if (a->json && seconds > 0) {
		json_dumpf(now, stdout, JSON_COMPACT);
		putchar('\n');
	} else if (a->json) {
		output_json(now);
	} else {
		print_counters(before, now, seconds);
		if (seconds > 0)
			putchar('\n');
	}
	fflush(stdout);
}

static int watch(struct conn *c, const struct admin *a, unsigned long seconds)
{
	double then = now_seconds(), now;
	json_t *before = NULL, *result = NULL;
	int rc;

	rc = ask(c, a, &before);
	while (rc == 0 && signals_sleep(seconds * 1000)) {
		rc = ask(c, a, &result);
		if (rc)
			break;
		now = now_seconds();
		show(a, before, result, now - then);
		then = now;
		json_decref(before);
		before = result;
	}
	json_decref(before);
	return signals_came() ? ADMIN_OK : rc;
}

static int once(struct conn *c, const struct admin *a)
{
	json_t *result;
	int rc = ask(c, a, &result);

	if (rc)
		return rc;
	show(a, NULL, result, 0);
	json_decref(result);
	return ADMIN_OK;
}

int cmd_stats(struct admin *a)
{
	const char *every = admin_value(a, "watch");
	unsigned long seconds = 1;
	struct conn c;
	int rc = 0;

	if (every && *every)
		rc = admin_number(a, "--watch", every, 1, 86400, &seconds);
	if (rc)
		return rc;
	if (every)
		signals_catch();
	rc = conn_open(&c, a->socket);
	if (rc)
		return rc;
	rc = every ? watch(&c, a, seconds) : once(&c, a);
	conn_close(&c);
	return rc;
}
