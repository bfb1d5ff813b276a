import assert from "node:assert/strict";
import test from "node:test";

import { Line, MicrophoneError, microphoneWords } from "../../static/desk/call.js";

/** What two browsers have: peers that agree when each holds the other's description. */
class Peer {
  constructor() {
    Object.assign(this, { localDescription: null, remoteDescription: null, connectionState: "new", tracks: [], candidates: [], closed: false });
  }
  addTrack(track) { this.tracks.push(track); }
  async createOffer() { return { type: "offer", sdp: "v=0\r\na=candidate:1 udp\r\n" }; }
  async createAnswer() { return { type: "answer", sdp: "v=0\r\na=candidate:9 udp\r\n" }; }
  async setLocalDescription(description) { this.localDescription = description; }
  async setRemoteDescription(description) {
    if (description.sdp === "broken") throw new Error("no");
    this.remoteDescription = description;
  }
  async addIceCandidate(candidate) { this.candidates.push(candidate.candidate); }
  close() { this.closed = true; }
}

const track = () => ({ enabled: true, stopped: false, stop() { this.stopped = true; } });

function ground({ media } = {}) {
  const peers = [];
  const timers = [];
  const microphone = track();
  const stream = { getTracks: () => [microphone] };
  const env = {
    navigator: { mediaDevices: { getUserMedia: media ?? (async () => stream) } },
    RTCPeerConnection: class extends Peer { constructor(how) { super(); this.how = how; peers.push(this); } },
    setTimeout: (run) => timers.push(run),
    clearTimeout: (number) => delete timers[number - 1],
  };
  const [sent, said] = [[], []];
  const line = new Line({ send: (text) => sent.push(JSON.parse(text)), onState: (state) => said.push(state), env });
  const tick = () => timers.splice(0).forEach((run) => run());
  return { line, peers, sent, said, tick, microphone, env };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

async function connected(offers, more = {}) {
  const made = ground(more);
  await made.line.listen();
  made.line.connect({ ice: [{ urls: ["stun:a"], username: null, credential: null }], offers });
  await settle();
  return made;
}

test("one end offers, the other answers, and each says all it has again until they are connected", async () => {
  const [ana, bo] = [await connected(true), await connected(false)];
  assert.deepEqual(bo.sent, []);
  bo.line.take(JSON.stringify(ana.sent[0]));
  await settle();
  assert.equal(bo.sent[0].type, "answer");
  ana.line.take(JSON.stringify(bo.sent[0]));
  await settle();
  assert.equal(ana.peers[0].remoteDescription.type, "answer");
  ana.tick();
  assert.equal(ana.sent.length, 2);
  ana.peers[0].connectionState = "connected";
  ana.peers[0].onconnectionstatechange();
  ana.tick();
  assert.deepEqual([ana.sent.length, ana.said], [2, ["connected"]]);
  assert.deepEqual(ana.peers[0].how, { iceServers: [{ urls: ["stun:a"] }] });
});

test("addresses that come later are learned once, and only those that are new", async () => {
  const bo = await connected(false);
  const offer = (sdp) => bo.line.take(JSON.stringify({ type: "offer", sdp }));
  offer("v=0\r\na=candidate:1 udp\r\n");
  offer("v=0\r\na=candidate:1 udp\r\na=candidate:2 udp\r\n");
  offer("v=0\r\na=candidate:1 udp\r\na=candidate:2 udp\r\n");
  await settle();
  assert.deepEqual(bo.peers[0].candidates, ["candidate:2 udp"]);
});

test("what comes before the line is open waits for it; what makes no sense changes nothing", async () => {
  const bo = ground();
  await bo.line.listen();
  bo.line.take('{"type":"offer","sdp":"v=0"}');
  bo.line.connect({ ice: [], offers: false });
  bo.line.take("no frame at all");
  bo.line.take('{"type":"answer","sdp":"v=0"}');
  await settle();
  assert.deepEqual(bo.sent.map(({ type }) => type), ["answer"]);
});

test("a description that the browser refuses is taken from the next message", async () => {
  const bo = await connected(false);
  bo.line.take('{"type":"offer","sdp":"broken"}');
  bo.line.take('{"type":"offer","sdp":"v=0"}');
  await settle();
  assert.equal(bo.sent.length, 1);
});

test("mute, and the end of all of it", async () => {
  const { line, microphone, peers } = await connected(true);
  line.mute(true);
  assert.equal(microphone.enabled, false);
  line.mute(false);
  assert.equal(microphone.enabled, true);
  line.close();
  assert.deepEqual([microphone.stopped, peers[0].closed], [true, true]);
});

test("an interruption, a loss and a microphone that goes are said", async () => {
  const { line, said, peers, microphone } = await connected(true);
  for (const state of ["disconnected", "failed"]) {
    peers[0].connectionState = state;
    peers[0].onconnectionstatechange();
  }
  microphone.onended();
  assert.deepEqual(said, ["interrupted", "lost", "unplugged"]);
  line.close();
});

test("whatever the browser says of the microphone comes as words", async () => {
  for (const name of ["NotAllowedError", "NotFoundError", "NotReadableError", "StrangeError"]) {
    const { line } = ground({ media: () => Promise.reject(Object.assign(new Error("odd"), { name })) });
    await assert.rejects(line.listen(), MicrophoneError);
  }
  assert.match(microphoneWords({ name: "StrangeError", message: "odd" }), /cannot be used: odd/);
  assert.match(microphoneWords(undefined), /does not say why/);
  const { line, env } = ground();
  delete env.navigator.mediaDevices;
  await assert.rejects(line.listen(), /HTTPS/);
  delete env.RTCPeerConnection;
  await assert.rejects(line.listen(), /WebRTC/);
});

test("a question that nobody answers is given up, and a microphone that comes too late is let go", async () => {
  let give;
  const late = { getTracks: () => [microphone] };
  const microphone = track();
  const { line, tick } = ground({ media: () => new Promise((resolve) => (give = resolve)) });
  const asked = line.listen();
  tick();
  await assert.rejects(asked, /has not given the microphone/);
  line.close();
  give(late);
  await settle();
  assert.equal(microphone.stopped, true);
});
