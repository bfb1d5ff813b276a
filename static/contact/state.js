/**
 * The chat as the contact sees it: frames in, state out. No DOM, no clock, no storage.
 *
 * Frames may be lost, doubled or come in another order: lines are taken by number, snapshots by `public_version`,
 * and `behind` says when something is known to exist that is not held.
 */

/** `people`: {party: {nickname, group, seen, delivered}}, remembered although they may have left. `mine`: own lines under way. */
export const empty = (people = {}) => ({
  view: null,
  lines: [],
  ahead: {},
  known: 0,
  version: 0,
  marks: 0,
  stale: false,
  mine: [],
  waiting: null,
  typing: [],
  people,
});

/** The highest number held; lines 1 to head are held without a hole. */
export const head = (state) => state.lines.length;

/** Must the page fetch? */
export const behind = (state) =>
  state.stale || state.known > head(state) || state.version > (state.view?.public_version ?? 0) || state.marks > marksOf(state);

/** All marks of the agents added up, as the beats have them: they only rise. */
const marksOf = ({ view, people }) => (view?.agents ?? []).reduce((sum, { party }) => sum + people[party].seen + people[party].delivered, 0);

export const ended = (state) => state.view?.state === "ended";

/** Is the chat on its way by e-mail? */
export const pending = (state) => state.view?.transcript?.state === "queued";

export const isMine = (state, line) => line.kind === "text" && line.party === state.view?.me;

/** Nicknames of those who have seen the line with this number, or whose browser has it (`how`: seen, delivered). */
export const reachedBy = (state, number, how) =>
  Object.values(state.people).flatMap((person) => (person.nickname && person[how] >= number ? [person.nickname] : []));

export const typists = (state) => state.typing.flatMap((party) => state.people[party]?.nickname || []);

/** Everything that the contact wrote and that nobody will read: for the next chat's composer. */
export const unsent = (state, draft) => [...state.mine.map((line) => line.text), draft].filter((text) => text.trim()).join("\n");

export function reduce(state, frame) {
  return Object.hasOwn(HEAR, frame.type) ? HEAR[frame.type](state, frame) : state;
}

const HEAR = {
  welcome: (state, frame) => look(state, frame.snapshot),
  interaction: look,
  message: takeLine,
  waiting: (state, frame) => ({ ...state, waiting: frame }),
  typing: (state, frame) => ({ ...state, typing: typing(state, frame.party, frame.on) }),
  seen: (state, { party, number }) => ({ ...state, people: met(state.people, party, { seen: number, delivered: number }) }),
  delivered: (state, { party, number }) => ({ ...state, people: met(state.people, party, { delivered: number }) }),
  beat: (state, { heads }) => hearOf({ ...state, marks: Math.max(state.marks, heads.marks) }, heads.number, heads.public_version),
  reload: (state) => ({ ...state, stale: true }),
  ack: (state, frame) => keepMine(state, frame.id, { sent: true }),
  nack: (state, frame) => keepMine(state, frame.id, { why: frame.message, code: frame.code }),
  fetched: takeFetched,
  say: (state, { id, text }) => (held(state, id) ? state : { ...state, mine: [...state.mine, { id, text }] }),
  drop: (state, { id }) => ({ ...state, mine: without(state.mine, id) }),
};

// --- snapshots --------------------------------------------------------------------------------

function look(state, view) {
  const known = hearOf(state, view.number, view.public_version);
  if (view.public_version < (state.view?.public_version ?? 0)) return known;
  const here = view.agents.filter((agent) => agent.connection !== "ended").map((agent) => agent.party);
  return {
    ...known,
    view,
    waiting: view.state === "waiting" ? state.waiting : null,
    typing: state.typing.filter((party) => here.includes(party)),
    people: view.agents.reduce((people, { party, connection, ...person }) => met(people, party, person), state.people),
  };
}

function takeFetched(state, { snapshot, messages, waiting }) {
  const seen = messages.reduce(takeLine, look({ ...state, stale: false }, snapshot));
  return seen.view.state === "waiting" && waiting ? { ...seen, waiting } : seen;
}

function hearOf(state, number, version) {
  return { ...state, known: Math.max(state.known, number), version: Math.max(state.version, version) };
}

function met(people, party, { seen = 0, delivered = 0, ...facts }) {
  const old = { nickname: "", group: "", seen: 0, delivered: 0, ...people[party] };
  return { ...people, [party]: { ...old, ...facts, seen: Math.max(old.seen, seen), delivered: Math.max(old.delivered, delivered) } };
}

// --- lines ------------------------------------------------------------------------------------

function takeLine(state, line) {
  const mine = without(state.mine, line.id);
  if (line.number <= head(state)) return mine.length === state.mine.length ? state : { ...state, mine };
  const ahead = { ...state.ahead, [line.number]: line };
  const lines = [...state.lines];
  for (let next = ahead[lines.length + 1]; next; next = ahead[lines.length + 1]) {
    lines.push(next);
    delete ahead[next.number];
  }
  const silent = state.typing.filter((party) => line.kind !== "text" || party !== line.party);
  return { ...state, lines, ahead, mine, typing: silent, known: Math.max(state.known, line.number) };
}

function typing(state, party, on) {
  const others = state.typing.filter((other) => other !== party);
  return on && party !== state.view?.me ? [...others, party] : others;
}

function keepMine(state, id, change) {
  return { ...state, mine: state.mine.map((line) => (line.id === id ? { ...line, ...change } : line)) };
}

const without = (mine, id) => mine.filter((line) => line.id !== id);

const held = (state, id) => [...state.lines, ...state.mine].some((line) => line.id === id);
