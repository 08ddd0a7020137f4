-- expect: 7 script
os.execute("sleep 100")
