// SPDX-License-Identifier: GPL-2.0-only
/* Completion rules for bash, printed from the table of commands. */
#include <stdio.h>
#include <string.h>
#include "admin.h"

static void print_words(const struct admin_option *o)
{
	for (; o->name; o++)
		printf(" --%s", o->name);
}

static void print_commands(void)
{
	unsigned int i;

	for (i = 0; i < admin_nr_commands; i++)
		printf(" %s", admin_commands[i].name);
}

static bool takes_file(const struct admin_option *o)
{
	return o->complete && strcmp(o->complete, "file") == 0;
}

/* Has a command before the one with @o the same option? */
static bool is_repeated(const struct admin_option *o)
{
	const struct admin_option *earlier;
	unsigned int i;

	for (i = 0; i < admin_nr_commands; i++) {
		for (earlier = admin_commands[i].options; earlier->name;
		     earlier++) {
			if (strcmp(earlier->name, o->name) == 0)
				return earlier != o;
		}
	}
	return false;
}

/* The options that need a value, of a file or of another kind. */
static bool print_needy(const struct admin_option *o, bool file, bool first)
{
	for (; o->name; o++) {
		if (!o->arg || o->arg[0] == '[' || takes_file(o) != file ||
		    is_repeated(o))
			continue;
		printf("%s--%s|-%c", first ? "\t" : "|", o->name, o->letter);
		first = false;
	}
	return first;
}

static void print_values(bool file, const char *then)
{
	bool first = print_needy(admin_global_options, file, true);
	unsigned int i;

	for (i = 0; i < admin_nr_commands; i++)
		first = print_needy(admin_commands[i].options, file, first);
	printf(")\n%s\t\treturn ;;\n", then);
}

static void print_case(const struct admin_command *c)
{
	printf("\t%s)\n\t\twords=\"", c->name);
	print_words(c->options);
	puts("\"");
	if (c->complete && strcmp(c->complete, "vif") == 0)
		puts("\t\twords+=\" $(svnic_admin_vifs)\"");
	puts("\t\t;;");
}

static const char head[] =
	"# bash completion of svnic-admin; made by svnic-admin completion\n"
	"svnic_admin_vifs()\n"
	"{\n"
	"\tsvnic-admin list 2>/dev/null | sed -n '2,$s/ .*//p'\n"
	"}\n"
	"\n"
	"svnic_admin_complete()\n"
	"{\n"
	"\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
	"\tlocal command='' words='' word\n"
	"\n"
	"\tCOMPREPLY=()\n"
	"\tcase $prev in\n";

int cmd_completion(struct admin *a)
{
	unsigned int i;

	(void)a;
	fputs(head, stdout);
	print_values(true,
		     "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n");
	print_values(false, "");
	puts("\tesac\n"
	     "\tfor word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
	     "\t\tcase $word in");
	fputs("\t\t", stdout);
	for (i = 0; i < admin_nr_commands; i++)
		printf("%s%s", i ? "|" : "", admin_commands[i].name);
	puts(") command=$word; break ;;\n"
	     "\t\tesac\n"
	     "\tdone\n"
	     "\tcase $command in");
	for (i = 0; i < admin_nr_commands; i++)
		print_case(&admin_commands[i]);
	fputs("\t*)\n\t\twords=\"", stdout);
	print_commands();
	puts("\" ;;\n\tesac");
	fputs("\twords+=\"", stdout);
	print_words(admin_global_options);
	puts("\"\n"
	     "\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
	     "}\n"
	     "complete -F svnic_admin_complete svnic-admin");
	return ADMIN_OK;
}
