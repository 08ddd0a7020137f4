-- expect: 2 usage
os.execute("sleep 100")
