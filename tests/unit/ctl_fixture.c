/* SPDX-License-Identifier: GPL-2.0-only */
/* See ctl_fixture.h. */
#include "ctl_fixture.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/event.h>

int ctl_dial(const struct ctl_fixture *f)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	strcpy(sa.sun_path, f->d.config.socket);
	assert_int_equal(connect(fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	return fd;
}

int ctl_begin(void **state)
{
	static struct ctl_fixture f;

	signal(SIGPIPE, SIG_IGN);
	memset(&f, 0, sizeof(f));
	fake_daemon_init(&f.d, &f.p);
	strcpy(f.folder, "/tmp/svnic-unit.XXXXXX");
	assert_non_null(mkdtemp(f.folder));
	snprintf(f.d.config.socket, sizeof(f.d.config.socket), "%s/s",
		 f.folder);
	f.vif = fake_vif(&f.d, &f.t, 0);
	assert_int_equal(control_create(&f.d, &f.d.control), 0);
	f.fd = ctl_dial(&f);
	*state = &f;
	return 0;
}

int ctl_end(void **state)
{
	struct ctl_fixture *f = *state;

	close(f->fd);
	event_base_loop(f->d.base, EVLOOP_NONBLOCK);
	control_destroy(f->d.control);
	/* The socket is gone, and nothing else is there. */
	assert_int_equal(rmdir(f->folder), 0);
	fake_daemon_fini(&f->d);
	return 0;
}

void ctl_pump(struct ctl_fixture *f)
{
	unsigned int i;

	for (i = 0; i < 8; i++)
		event_base_loop(f->d.base, EVLOOP_NONBLOCK);
}

int ctl_read_line(struct ctl_fixture *f, char **line)
{
	unsigned int i;
	char *nl;
	ssize_t n;

	for (i = 0; i < 1000; i++) {
		nl = memchr(f->in, '\n', f->nr_in);
		if (nl) {
			*nl = '\0';
			*line = f->in;
			return (int)(nl - f->in);
		}
		ctl_pump(f);
		n = read(f->fd, f->in + f->nr_in, sizeof(f->in) - f->nr_in);
		if (n == 0)
			return -1;
		if (n > 0)
			f->nr_in += (size_t)n;
	}
	fail_msg("no answer");
	return -1;
}

json_t *ctl_ask(struct ctl_fixture *f, const char *text)
{
	json_error_t error;
	json_t *answer;
	char *line;

	assert_int_equal(write(f->fd, text, strlen(text)), strlen(text));
	assert_int_equal(write(f->fd, "\n", 1), 1);
	f->nr_in = 0;
	assert_true(ctl_read_line(f, &line) > 0);
	answer = json_loads(line, JSON_REJECT_DUPLICATES, &error);
	assert_non_null(answer);
	assert_int_equal(json_object_size(answer), 1);
	return answer;
}

void ctl_check_error(struct ctl_fixture *f, const char *text, const char *code)
{
	json_t *answer = ctl_ask(f, text);
	json_t *error = json_object_get(answer, "error");
	const char *got = json_string_value(json_object_get(error, "code"));

	if (!got || strcmp(got, code) != 0)
		fail_msg("%s: expected %s, got %s", text, code,
			 got ? got : "a result");
	assert_true(json_is_string(json_object_get(error, "message")));
	json_decref(answer);
}

const char *ctl_text_of(json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "(none)";
}

json_t *ctl_result(json_t *answer)
{
	json_t *r = json_object_get(answer, "result");

	assert_non_null(r);
	return r;
}
