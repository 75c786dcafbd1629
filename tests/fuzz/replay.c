/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs a fuzz target on files and folders, without a fuzzer.  With no argument
 * it takes the target's own corpus: fuzz_NAME replays
 * $top_srcdir/tests/fuzz/corpus/NAME.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"

#define REPLAY_PATH_MAX 1024

static unsigned int replayed;

static int replay_file(const char *path, size_t size)
{
	uint8_t *data = malloc(size ? size : 1);
	FILE *f = fopen(path, "rb");
	int ret = -1;

	if (data && f && fread(data, 1, size, f) == size) {
		LLVMFuzzerTestOneInput(data, size);
		replayed++;
		ret = 0;
	} else {
		perror(path);
	}
	if (f)
		fclose(f);
	free(data);
	return ret;
}

static int replay(const char *path);

static int replay_folder(const char *path)
{
	char name[REPLAY_PATH_MAX];
	DIR *d = opendir(path);
	struct dirent *e;
	int ret = 0;

	if (!d)
		return -1;
	while ((e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, e->d_name);
		ret |= replay(name);
	}
	closedir(d);
	return ret;
}

static int replay(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0) {
		perror(path);
		return -1;
	}
	return S_ISDIR(st.st_mode) ? replay_folder(path)
				   : replay_file(path, (size_t)st.st_size);
}

int main(int argc, char **argv)
{
	const char *top = getenv("top_srcdir");
	const char *name = strstr(argv[0], "fuzz_");
	char path[REPLAY_PATH_MAX];
	int i, ret = 0;

	for (i = 1; i < argc; i++)
		ret |= replay(argv[i]);
	if (argc == 1 && name) {
		snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/%s",
			 top ? top : ".", name + strlen("fuzz_"));
		ret = replay(path);
	}
	printf("%u inputs replayed\n", replayed);
	return ret || replayed == 0;
}
