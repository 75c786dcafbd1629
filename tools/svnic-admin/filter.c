// SPDX-License-Identifier: GPL-2.0-only
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "admin.h"
#include "filter.h"

static char *join(char **words, unsigned int nr)
{
	size_t size = 1;
	unsigned int i;
	char *text;

	for (i = 0; i < nr; i++)
		size += strlen(words[i]) + 1;
	text = malloc(size);
	if (!text)
		return NULL;
	text[0] = '\0';
	for (i = 0; i < nr; i++) {
		if (i)
			strcat(text, " ");
		strcat(text, words[i]);
	}
	return text;
}

static int compile(pcap_t *pcap, struct bpf_program *program, const char *text)
{
	return pcap_compile(pcap, program, text, 1, PCAP_NETMASK_UNKNOWN);
}

static bool is_connective(const char *word, size_t len)
{
	static const char *const words[] = {
		"and", "or", "not", "&&", "||", "!"
	};
	unsigned int i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strlen(words[i]) == len &&
		    strncmp(word, words[i], len) == 0)
			return true;
	}
	return false;
}

/*
 * libpcap does not say where it stopped.  The longest run of words that is a
 * filter ends before the culprit; a connective after it is none.
 */
static size_t culprit(pcap_t *pcap, char *text)
{
	size_t at = 0, next = 0, len;
	struct bpf_program program;
	char *space;

	for (space = strchr(text, ' '); space; space = strchr(space + 1, ' ')) {
		*space = '\0';
		if (compile(pcap, &program, text) == 0) {
			pcap_freecode(&program);
			at = (size_t)(space - text) + 1;
		}
		*space = ' ';
	}
	for (;;) {
		len = strcspn(text + at, " ");
		next = at + len + 1;
		if (!text[at + len] || !is_connective(text + at, len))
			return at;
		at = next;
	}
}

static int refuse(pcap_t *pcap, char *text)
{
	char message[PCAP_ERRBUF_SIZE];
	size_t at;

	/* The search for the place overwrites it. */
	snprintf(message, sizeof(message), "%s", pcap_geterr(pcap));
	at = culprit(pcap, text);
	fprintf(stderr,
		"svnic-admin capture: %s\n  %s\n  %*s^\nExpected a filter of pcap-filter(7), such as: tcp port 80\n",
		message, text, (int)at, "");
	return ADMIN_USAGE;
}

int filter_compile(const struct admin *a, unsigned int first, pcap_t *pcap,
		   struct bpf_program *program)
{
	char *text = join(a->operand + first, a->nr_operands - first);
	int rc = 0;

	if (!text) {
		fputs("svnic-admin capture: out of memory\n", stderr);
		return ADMIN_FAILED;
	}
	if (compile(pcap, program, text))
		rc = refuse(pcap, text);
	free(text);
	return rc;
}
