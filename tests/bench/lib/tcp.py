def throughput(h,o):
 return iter(())
round_trip=throughput
