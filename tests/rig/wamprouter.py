"""wamprouter.py PORTFILE - as much of a WAMP router as labgrid 0.4 asks of crossbar (which Debian does not have): tickets, calls with
the caller's name, events, and who joins and leaves. Its coordinator, exporter and client are labgrid's own."""
import asyncio, sys

from autobahn.asyncio.websocket import WampWebSocketServerFactory
from autobahn.wamp import message, role

sessions, procedures, topics, calls = {}, {}, {}, {}
numbers = iter(range(1, 1 << 53))


def publish(topic, args=None, kwargs=None, but=None):
    for number, session in list(topics.get(topic, [])):
        if session is not but:
            session.send(message.Event(number, next(numbers), args=args, kwargs=kwargs))


class Session:
    def onOpen(self, transport):
        self.transport, self.id, self._authid = transport, next(numbers), None
        self._session_id = self.id

    def send(self, msg):
        if self.transport is not None:
            self.transport.send(msg)

    def onClose(self, clean):
        if sessions.pop(self.id, None) is None:
            return
        self.transport = None
        for topic in topics.values():
            topic[:] = [t for t in topic if t[1] is not self]
        for name in [n for n, p in procedures.items() if p[1] is self]:
            del procedures[name]
        for number in [n for n, c in calls.items() if c[2] is self]:
            caller, request, _ = calls.pop(number)
            caller.send(message.Error(message.Call.MESSAGE_TYPE, request, "wamp.error.canceled"))
        publish("wamp.session.on_leave", [self.id])

    def onMessage(self, msg):
        getattr(self, "on_" + type(msg).__name__.lower(), lambda msg: None)(msg)

    def on_hello(self, msg):
        self.realm, self._authid = msg.realm, msg.authid
        self.send(message.Challenge("ticket"))

    def on_authenticate(self, msg):
        roles = {"broker": role.RoleBrokerFeatures(), "dealer": role.RoleDealerFeatures(caller_identification=True)}
        sessions[self.id] = self
        self.send(message.Welcome(self.id, roles, realm=self.realm, authid=self._authid, authrole="public", authmethod="ticket"))
        publish("wamp.session.on_join", [{"session": self.id, "authid": self._authid}])

    def on_goodbye(self, msg):
        self.send(message.Goodbye("wamp.close.goodbye_and_out"))

    def on_subscribe(self, msg):
        number = next(numbers)
        topics.setdefault(msg.topic, []).append((number, self))
        self.send(message.Subscribed(msg.request, number))

    def on_publish(self, msg):
        publish(msg.topic, msg.args, msg.kwargs, but=self)
        if msg.acknowledge:
            self.send(message.Published(msg.request, next(numbers)))

    def on_register(self, msg):
        number = next(numbers)
        procedures[msg.procedure] = (number, self)
        self.send(message.Registered(msg.request, number))

    def on_call(self, msg):
        if msg.procedure not in procedures:
            return self.send(message.Error(message.Call.MESSAGE_TYPE, msg.request, "wamp.error.no_such_procedure"))
        number, (registration, callee) = next(numbers), procedures[msg.procedure]
        calls[number] = (self, msg.request, callee)
        callee.send(message.Invocation(number, registration, args=msg.args, kwargs=msg.kwargs, caller=self.id,
                                       caller_authid=self._authid, caller_authrole="public"))

    def on_yield(self, msg):
        caller, request, _ = calls.pop(msg.request, (None, 0, None))
        if caller:
            caller.send(message.Result(request, args=msg.args, kwargs=msg.kwargs))

    def on_error(self, msg):
        caller, request, _ = calls.pop(msg.request, (None, 0, None))
        if caller:
            caller.send(message.Error(message.Call.MESSAGE_TYPE, request, msg.error, args=msg.args, kwargs=msg.kwargs))


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(WampWebSocketServerFactory(Session), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with open(sys.argv[1] + ".new", "w") as f:
        f.write("ws://127.0.0.1:%d/ws" % port)
    import os
    os.rename(sys.argv[1] + ".new", sys.argv[1])
    await server.serve_forever()


asyncio.run(main())
