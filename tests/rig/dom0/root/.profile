PS1='dom0:\w# '
PATH=/usr/sbin:/usr/bin
export PATH
