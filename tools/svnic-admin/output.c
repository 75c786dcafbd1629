// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>
#include "output.h"

#define MAX_COLUMNS 12
#define KEY_WIDTH   18

void output_scaled(double value, const char *unit, char out[OUTPUT_CELL])
{
	static const char prefixes[] = " kMGTPE";
	unsigned int i = 0;

	while (value >= 1000 && i + 2 < sizeof(prefixes)) {
		value /= 1000;
		i++;
	}
	if (i == 0)
		snprintf(out, OUTPUT_CELL, "%.0f%s%s", value, *unit ? " " : "",
			 unit);
	else
		snprintf(out, OUTPUT_CELL, "%.3g %c%s", value, prefixes[i],
			 unit);
}

static bool ends_in(const char *key, const char *end)
{
	size_t n = strlen(key), m = strlen(end);

	return n >= m && strcmp(key + n - m, end) == 0;
}

/* Those of which 0 means that there is no limit. */
static bool is_rate(const char *key)
{
	return ends_in(key, "rate") || strcmp(key, "storm") == 0;
}

static void integer_value(const char *key, json_int_t v, char out[OUTPUT_CELL])
{
	if (strcmp(key, "min_rate") == 0 && v == 0)
		strcpy(out, "none");
	else if (strcmp(key, "speed") == 0 && v == 0)
		strcpy(out, "not known");
	else if (is_rate(key) && v == 0)
		strcpy(out, "unlimited");
	else if (strcmp(key, "storm") == 0)
		snprintf(out, OUTPUT_CELL, "%" JSON_INTEGER_FORMAT "/s", v);
	else if (is_rate(key) || strcmp(key, "speed") == 0)
		output_scaled((double)v * 8, "b/s", out);
	else if (v >= 1000 && (ends_in(key, "octets") || ends_in(key, "burst")))
		output_scaled((double)v, "B", out);
	else
		snprintf(out, OUTPUT_CELL, "%" JSON_INTEGER_FORMAT, v);
}

/* Nothing that svnicd passes on from a guest may drive the terminal. */
static void string_value(const char *text, char out[OUTPUT_CELL])
{
	size_t i;

	for (i = 0; text[i] && i + 1 < OUTPUT_CELL; i++)
		out[i] = (unsigned char)text[i] < ' ' || text[i] == 127
				 ? '?'
				 : text[i];
	out[i] = '\0';
	if (i == 0)
		strcpy(out, "-");
}

void output_value(const char *key, const json_t *value, char out[OUTPUT_CELL])
{
	switch (value ? json_typeof(value) : JSON_NULL) {
	case JSON_STRING:
		string_value(json_string_value(value), out);
		break;
	case JSON_INTEGER:
		integer_value(key, json_integer_value(value), out);
		break;
	case JSON_REAL:
		snprintf(out, OUTPUT_CELL, "%.3f", json_real_value(value));
		break;
	case JSON_TRUE:
		strcpy(out, "yes");
		break;
	case JSON_FALSE:
		strcpy(out, "no");
		break;
	case JSON_OBJECT:
	case JSON_ARRAY:
	case JSON_NULL:
		strcpy(out, "-");
		break;
	}
}

void output_json(const json_t *value)
{
	json_dumpf(value, stdout, JSON_INDENT(2));
	putchar('\n');
}

static void key_text(const char *key, char out[OUTPUT_CELL])
{
	size_t i;

	for (i = 0; key[i] && i + 1 < OUTPUT_CELL; i++)
		out[i] = key[i] == '_' ? ' ' : key[i];
	out[i] = '\0';
}

static bool is_block(const json_t *value)
{
	return json_is_object(value) ||
	       json_is_object(json_array_get(value, 0));
}

/* Where values start: two spaces or more after the longest key. */
static int value_column(const json_t *object, int indent)
{
	int width = KEY_WIDTH - indent;
	const json_t *value;
	const char *key;

	json_object_foreach((json_t *)object, key, value)
	{
		if (!is_block(value) && (int)strlen(key) + 2 > width)
			width = (int)strlen(key) + 2;
	}
	return width < OUTPUT_CELL ? width : OUTPUT_CELL;
}

static void print_words(const char *key, const json_t *array)
{
	char cell[OUTPUT_CELL];
	const json_t *item;
	size_t i;

	json_array_foreach((json_t *)array, i, item)
	{
		output_value(key, item, cell);
		printf("%s%s", i ? ", " : "", cell);
	}
	puts(i ? "" : "-");
}

static void object_lines(const json_t *object, const char *title, int indent);

/* "queues" as "queue 0", by the item's own number, name or its place. */
static void item_lines(const char *key, const json_t *item, size_t place,
		       int indent)
{
	char title[OUTPUT_CELL], cell[OUTPUT_CELL];
	size_t len;

	key_text(key, title);
	len = strlen(title);
	if (len > 1 && title[len - 1] == 's')
		title[len - 1] = '\0';
	key = json_object_get(item, title) ? title : "name";
	if (json_object_get(item, key))
		output_value(key, json_object_get(item, key), cell);
	else
		snprintf(cell, sizeof(cell), "%zu", place);
	printf("%*s%s %s\n", indent, "", title, cell);
	object_lines(item, key, indent + 2);
}

static void member_lines(const char *key, const json_t *value, int indent,
			 int column)
{
	char name[OUTPUT_CELL], cell[OUTPUT_CELL];
	const json_t *item;
	size_t i;

	key_text(key, name);
	if (is_block(value) && json_is_array(value)) {
		json_array_foreach((json_t *)value, i, item)
			item_lines(key, item, i, indent);
		return;
	}
	if (is_block(value) && json_object_size(value)) {
		printf("%*s%s\n", indent, "", name);
		object_lines(value, NULL, indent + 2);
		return;
	}
	printf("%*s%-*s", indent, "", column, name);
	if (json_is_array(value)) {
		print_words(key, value);
		return;
	}
	output_value(key, value, cell);
	puts(cell);
}

/* All members but @title, which stands above them. */
static void object_lines(const json_t *object, const char *title, int indent)
{
	int column = value_column(object, indent);
	const json_t *value;
	const char *key;

	json_object_foreach((json_t *)object, key, value)
	{
		if (!title || strcmp(key, title) != 0)
			member_lines(key, value, indent, column);
	}
}

static bool is_listed(const char *key, const char *const *list)
{
	for (; *list; list++) {
		if (strcmp(*list, key) == 0)
			return true;
	}
	return false;
}

void output_object(const json_t *object, const char *const *first)
{
	int column = value_column(object, 0);
	const json_t *value;
	const char *key;
	unsigned int i;

	for (i = 0; first[i]; i++) {
		value = json_object_get(object, first[i]);
		if (value)
			member_lines(first[i], value, 0, column);
	}
	json_object_foreach((json_t *)object, key, value)
	{
		if (!is_listed(key, first))
			member_lines(key, value, 0, column);
	}
}

static void print_cell(const char *text, int width, bool right, bool last)
{
	if (right)
		printf("%*s", width, text);
	else if (last)
		fputs(text, stdout);
	else
		printf("%-*s", width, text);
	fputs(last ? "\n" : "  ", stdout);
}

void output_table(const json_t *rows, const struct output_column *columns,
		  unsigned int nr)
{
	int width[MAX_COLUMNS];
	char cell[OUTPUT_CELL];
	const json_t *row;
	unsigned int c;
	size_t i;

	for (c = 0; c < nr && c < MAX_COLUMNS; c++) {
		width[c] = (int)strlen(columns[c].title);
		json_array_foreach((json_t *)rows, i, row)
		{
			output_value(columns[c].key,
				     json_object_get(row, columns[c].key),
				     cell);
			if ((int)strlen(cell) > width[c])
				width[c] = (int)strlen(cell);
		}
	}
	for (c = 0; c < nr && c < MAX_COLUMNS; c++)
		print_cell(columns[c].title, width[c], columns[c].right,
			   c + 1 == nr);
	json_array_foreach((json_t *)rows, i, row)
	{
		for (c = 0; c < nr && c < MAX_COLUMNS; c++) {
			output_value(columns[c].key,
				     json_object_get(row, columns[c].key),
				     cell);
			print_cell(cell, width[c], columns[c].right,
				   c + 1 == nr);
		}
	}
}
