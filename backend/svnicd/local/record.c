// SPDX-License-Identifier: GPL-2.0-only
/*
 * What XenStore is for the xen platform: the wishes of the administrator
 * outlive the daemon.  The folder belongs to root; a file that does not parse
 * is logged and left alone.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <jansson.h>
#include "local.h"
#include "log.h"

#define SUFFIX	    ".json"
#define RECORD_PATH 256

static void record_path(const struct platform *p, const char *name,
			const char *suffix, char path[RECORD_PATH])
{
	snprintf(path, RECORD_PATH, "%s/%s" SUFFIX "%s", p->settings.tenants,
		 name, suffix);
}

static int set_word(json_t *object, const char *key, const char *word)
{
	if (!word[0])
		return 0;
	return json_object_set_new(object, key, json_string(word));
}

int record_save(const struct tenant *t)
{
	char path[RECORD_PATH], fresh[RECORD_PATH];
	json_t *object = json_object();
	int rc;

	rc = set_word(object, "mac", t->mac) |
	     set_word(object, "network", t->network) |
	     set_word(object, "mtu", t->mtu) |
	     set_word(object, "rate", t->rate) |
	     set_word(object, "limits", t->limits) |
	     set_word(object, SOURCE_KEY, t->ip);
	record_path(t->p, t->name, "", path);
	record_path(t->p, t->name, ".new", fresh);
	/* A reader sees the old record or the new one. */
	if (rc == 0)
		rc = json_dump_file(object, fresh, JSON_INDENT(2));
	if (rc == 0)
		rc = rename(fresh, path);
	/* Of a full disk. */
	if (rc)
		unlink(fresh);
	json_decref(object);
	return rc ? -EIO : 0;
}

void record_remove(const struct tenant *t)
{
	char path[RECORD_PATH];

	record_path(t->p, t->name, "", path);
	unlink(path);
}

static void restore_one(struct platform *p, const char *name)
{
	struct platform_request request = { .name = name };
	char path[RECORD_PATH];
	json_error_t error;
	json_t *object;

	record_path(p, name, "", path);
	object = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	if (!json_is_object(object)) {
		log_warnx(
			LOCAL,
			"%s:%d:%d: %s; create the VIF again or remove the file",
			path, error.line, error.column,
			object ? "no object" : error.text);
		json_decref(object);
		return;
	}
	request.mac = json_string_value(json_object_get(object, "mac"));
	request.network = json_string_value(json_object_get(object, "network"));
	request.mtu = json_string_value(json_object_get(object, "mtu"));
	request.rate = json_string_value(json_object_get(object, "rate"));
	request.limits = json_string_value(json_object_get(object, "limits"));
	request.ip = json_string_value(json_object_get(object, SOURCE_KEY));
	tenant_restore(p, &request);
	json_decref(object);
}

void record_restore(struct platform *p)
{
	char name[TENANT_NAME];
	struct dirent *entry;
	size_t len;
	DIR *dir;

	dir = opendir(p->settings.tenants);
	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		len = strlen(entry->d_name);
		if (len <= strlen(SUFFIX) ||
		    len - strlen(SUFFIX) >= sizeof(name) ||
		    strcmp(entry->d_name + len - strlen(SUFFIX), SUFFIX))
			continue;
		len -= strlen(SUFFIX);
		memcpy(name, entry->d_name, len);
		name[len] = '\0';
		restore_one(p, name);
	}
	closedir(dir);
}
