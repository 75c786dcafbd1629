/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a person sees: numbers with units, aligned tables, and objects as one
 * "key: value" line each.  Programs get JSON as svnicd sent it.
 */
#ifndef ADMIN_OUTPUT_H
#define ADMIN_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <jansson.h>

#define OUTPUT_CELL 128

/* A value that JSON calls @key, with a unit where the key tells one. */
void output_value(const char *key, const json_t *value, char out[OUTPUT_CELL]);

/* 1234567 as "1.23 M"; @unit follows. */
void output_scaled(double value, const char *unit, char out[OUTPUT_CELL]);

/* The whole, as it is. */
void output_json(const json_t *value);

/*
 * One line each, those of @first (ended by NULL) before the others; objects
 * and arrays in it are indented.
 */
void output_object(const json_t *object, const char *const *first);

struct output_column {
	const char *title;
	const char *key; /* in each row */
	bool right;	 /* align to the right: numbers */
};

/* The objects of @rows as a table.  An absent key is "-". */
void output_table(const json_t *rows, const struct output_column *columns,
		  unsigned int nr);

#endif /* ADMIN_OUTPUT_H */
