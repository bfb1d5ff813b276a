/**
 * One end of a voice call: microphone, peer connection, sound. It knows neither the page nor the server.
 *
 *   const line = new Line({ send, onState });
 *   await line.listen()                 // the microphone; throws MicrophoneError, in words
 *   line.connect({ ice, offers })       // one end offers; `send(text)` and `take(text)` carry what both agree on
 *   line.say()                          // now, because the other end has come
 *   line.mute(true); line.close()
 *
 * `onState(state)`: "connected", "interrupted" (may come back), "lost", "silent" (the browser plays nothing before a
 * click), "unplugged" (the microphone has gone).
 *
 * Each message is all that this end has to say so far, its addresses included, and is said again until the ends are
 * connected: what is lost, doubled or overtaken on the way does no harm.
 */

const AGAIN = 1500;
const GATHER = 120;
const PATIENCE = 30_000;
const SOUND = { audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } };

export class MicrophoneError extends Error {}

const WORDS = {
  NotAllowedError: "The browser does not give the microphone. Allow it for this address in the browser's settings, then try again.",
  NotFoundError: "No microphone was found. Plug one in, then try again.",
  NotReadableError: "The microphone does not answer; another program may hold it. Close that, then try again.",
  TimeoutError: "The browser has not given the microphone. Answer its question, then try again.",
};
const INSECURE = "Browsers give the microphone to addresses with HTTPS only. Tell your administrator.";
const UNABLE = "This browser has no voice calls (WebRTC). Use another one.";

/** Whatever the browser says. */
export const microphoneWords = ({ name, message } = {}) => WORDS[name] ?? `The microphone cannot be used: ${message || name || "the browser does not say why"}.`;

export class Line {
  constructor({ send, onState, env = globalThis }) {
    Object.assign(this, { send, onState, env });
    this.early = [];
    this.known = new Set();
    this.closed = false;
    this.muted = false;
  }

  async listen() {
    const { navigator, RTCPeerConnection } = this.env;
    if (!RTCPeerConnection) throw new MicrophoneError(UNABLE);
    if (!navigator.mediaDevices?.getUserMedia) throw new MicrophoneError(INSECURE);
    try {
      this.#speak(await this.#inTime(navigator.mediaDevices.getUserMedia(SOUND)));
    } catch (error) {
      throw new MicrophoneError(microphoneWords(error));
    }
  }

  connect({ ice, offers }) {
    if (this.peer || this.closed) return;
    this.offers = offers;
    this.peer = new this.env.RTCPeerConnection({ iceServers: ice.map(plain) });
    for (const track of this.microphone.getTracks()) this.peer.addTrack(track, this.microphone);
    this.peer.ontrack = ({ streams }) => this.#play(streams[0]);
    this.peer.onicecandidate = () => this.#soon(GATHER);
    this.peer.onconnectionstatechange = () => this.#turned(this.peer?.connectionState);
    this.work = offers ? this.#begin() : Promise.resolve();
    this.early.splice(0).forEach((text) => this.take(text));
  }

  /** What the other end said. One after the other; what cannot be understood changes nothing. */
  take(text) {
    if (!this.peer) return void this.early.push(text);
    this.work = this.work.then(() => !this.closed && this.#heard(JSON.parse(text))).catch(() => {});
  }

  mute(on) {
    this.muted = on;
    for (const track of this.microphone?.getTracks() ?? []) track.enabled = !on;
  }

  /** After a click the browser plays. */
  hear() {
    return this.sound?.play().then(() => this.onState("connected"), () => {});
  }

  close() {
    this.closed = true;
    this.env.clearTimeout(this.timer);
    for (const track of this.microphone?.getTracks() ?? []) {
      track.onended = null;
      track.stop();
    }
    if (this.peer) this.peer.onconnectionstatechange = this.peer.ontrack = this.peer.onicecandidate = null;
    this.peer?.close();
    this.sound?.remove();
  }

  // --- microphone ---------------------------------------------------------------------------

  /** A question of the browser may stand unanswered for ever; a microphone that comes too late is let go. */
  #inTime(asked) {
    const late = new Promise((_, refuse) => {
      this.timer = this.env.setTimeout(() => refuse({ name: "TimeoutError" }), PATIENCE);
    });
    asked.then((stream) => this.closed && stop(stream), () => {});
    return Promise.race([asked, late]).finally(() => this.env.clearTimeout(this.timer));
  }

  #speak(stream) {
    if (this.closed) return stop(stream);
    this.microphone = stream;
    for (const track of stream.getTracks()) track.onended = () => this.onState("unplugged");
  }

  // --- agreeing -----------------------------------------------------------------------------

  async #begin() {
    await this.peer.setLocalDescription(await this.peer.createOffer());
    this.say();
  }

  async #heard({ type, sdp }) {
    const fresh = !this.peer.remoteDescription;
    if (fresh && type !== (this.offers ? "answer" : "offer")) return;
    if (fresh) await this.peer.setRemoteDescription({ type, sdp });
    await this.#learn(sdp, fresh);
    if (fresh && !this.offers) {
      await this.peer.setLocalDescription(await this.peer.createAnswer());
      this.say();
    }
  }

  /** Addresses that came after the first message. */
  async #learn(sdp, fresh) {
    const found = [...sdp.matchAll(/^a=(candidate:.+?)\r?$/gm)].map(([, candidate]) => candidate);
    const news = found.filter((candidate) => !this.known.has(candidate));
    news.forEach((candidate) => this.known.add(candidate));
    if (fresh) return;
    for (const candidate of news) await this.peer.addIceCandidate({ candidate, sdpMLineIndex: 0 });
  }

  /** All that this end has to say so far; again and again until the ends are connected. */
  say() {
    const { peer } = this;
    if (this.closed || !peer?.localDescription || peer.connectionState === "connected") return;
    const { type, sdp } = peer.localDescription;
    this.send(JSON.stringify({ type, sdp }));
    this.#soon(AGAIN);
  }

  #soon(wait) {
    this.env.clearTimeout(this.timer);
    this.timer = this.env.setTimeout(() => this.say(), wait);
  }

  // --- speaking -----------------------------------------------------------------------------

  #play(stream) {
    this.sound ??= this.env.document.body.appendChild(this.env.document.createElement("audio"));
    this.sound.srcObject = stream;
    this.sound.play().catch(() => !this.closed && this.onState("silent"));
  }

  #turned(state) {
    const told = { connected: "connected", disconnected: "interrupted", failed: "lost" }[state];
    if (told && !this.closed) this.onState(told);
  }
}

const stop = (stream) => stream.getTracks().forEach((track) => track.stop());

const plain = (server) => Object.fromEntries(Object.entries(server).filter(([, value]) => value !== null));
