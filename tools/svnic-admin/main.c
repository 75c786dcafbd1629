// SPDX-License-Identifier: GPL-2.0-only
#include "admin.h"

int main(int argc, char **argv)
{
	return admin_run(argc, argv);
}
