/** A clock that is moved by hand and sockets that do what a test says. */

export function fakeEnv({ random = () => 1 } = {}) {
  const env = {
    time: 1_000_000,
    timers: [],
    sockets: [],
    random,
    location: { href: "http://parley.test/desk/" },
    Date: { now: () => env.time },
    listeners: {},
    addEventListener: (name, run) => (env.listeners[name] = run),
    setTimeout: (run, delay) => plan(env, run, delay, null),
    setInterval: (run, every) => plan(env, run, every, every),
    clearTimeout: (id) => forget(env, id),
    clearInterval: (id) => forget(env, id),
  };
  env.WebSocket = class extends FakeSocket {
    constructor(address) {
      super(address);
      env.sockets.push(this);
    }
  };
  return env;
}

class FakeSocket {
  constructor(address) {
    this.address = address;
    this.sent = [];
    this.closed = false;
    this.readyState = 0;
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.closed = true;
    this.readyState = 3;
  }

  open() {
    this.readyState = 1;
    this.onopen?.();
  }

  hear(frame) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  lose(code = 1006) {
    this.onclose?.({ code });
  }
}

function plan(env, run, delay, every) {
  const timer = { id: Symbol(), run, at: env.time + delay, every };
  env.timers.push(timer);
  return timer.id;
}

function forget(env, id) {
  env.timers = env.timers.filter((timer) => timer.id !== id);
}

/** The machine's clock is set back: timers come as before, only what they read is otherwise. */
export function setBack(env, span) {
  env.time -= span;
  for (const timer of env.timers) timer.at -= span;
}

/** Runs what is due within `span` milliseconds, in order. */
export function pass(env, span) {
  const end = env.time + span;
  for (;;) {
    const next = env.timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
    if (!next) break;
    env.time = next.at;
    if (next.every) next.at += next.every;
    else forget(env, next.id);
    next.run();
  }
  env.time = end;
}
