def run(h,o):
 return iter(())
