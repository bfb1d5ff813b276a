/** Emoji for the composer: what there is, and how it is found. Pure. */

const LIST = `
😀 grinning smile happy|😃 big smile happy|😄 smiling eyes happy|😁 beaming grin|😊 smiling blush|🙂 slight smile|😉 wink|😅 sweat smile relief
😂 tears of joy laugh|🤣 rolling laugh|😍 heart eyes love|🤩 star-struck wow|😎 sunglasses cool|🤗 hug|🤔 thinking hmm|🤨 raised eyebrow doubt
😐 neutral|😕 confused|🙁 slight frown sad|😞 disappointed|😢 crying sad|😭 sobbing cry|😟 worried|😨 fearful afraid
😳 flushed embarrassed|😬 grimace|🙄 rolling eyes|😤 huffing|😠 angry|😴 sleeping|🤒 thermometer ill|🥳 party celebrate
👍 thumbs up yes good|👎 thumbs down no bad|👌 ok hand perfect|👏 clapping applause|🙏 folded hands thanks please|🙌 raised hands hooray|👋 waving hello goodbye|🤝 handshake deal
✌️ victory peace|🤞 crossed fingers luck|💪 strong muscle|👀 eyes look|👉 pointing right|👈 pointing left|👆 pointing up|👇 pointing down
❤️ red heart love|💙 blue heart|💚 green heart|💛 yellow heart|💔 broken heart|✨ sparkles|⭐ star|🌟 glowing star
🎉 party popper congratulations|🎁 gift present|🎂 cake birthday|🏆 trophy winner|🔥 fire|💡 light bulb idea|⚡ lightning power|☀️ sun weather
☁️ cloud weather|🌧️ rain weather|❄️ snow cold|🌈 rainbow|☕ coffee|🍀 clover luck|🌷 tulip flower|🌍 globe earth world
✅ check mark done yes|❌ cross mark no wrong|❗ exclamation important|❓ question|⚠️ warning|⛔ no entry|🆗 ok|🆕 new
🔴 red circle|🟡 yellow circle|🟢 green circle|🔵 blue circle|➡️ right arrow|⬅️ left arrow|⬆️ up arrow|⬇️ down arrow
💻 laptop computer|🖥️ desktop computer|📱 phone mobile|☎️ telephone call|📡 antenna signal|🔌 plug power|🔋 battery|🛠️ tools repair
🔧 wrench repair|⚙️ gear settings|🔑 key|🔒 lock closed secure|🔓 lock open|📧 e-mail mail|📨 incoming mail|📎 paperclip attachment
📝 memo note write|📄 page document|📅 calendar date|⏰ alarm clock time|⏳ hourglass wait|🔍 magnifying glass search|🔗 link|📌 pin
💳 credit card pay|💶 euro money|💰 money bag|🧾 receipt invoice bill|🛒 shopping cart|📦 parcel delivery|🚚 truck delivery|🏠 house home
`;

export const COLUMNS = 8;

export const EMOJI = LIST.trim()
  .split(/[|\n]/)
  .map((entry) => {
    const [sign, ...words] = entry.split(" ");
    return { sign, words };
  });

/** The name that is read out: "thumbs up yes good". */
export const nameOf = ({ words }) => words.join(" ");

/** Every word typed is the start of one of its words; the sign itself finds it too. */
export function found(query) {
  const asked = query.trim().toLowerCase().split(/\s+/).filter(Boolean);
  return EMOJI.filter(({ sign, words }) => asked.every((start) => sign === start || words.some((word) => word.startsWith(start))));
}

/** Where a key leads among so many; null for keys that move nothing. */
export function moved(key, at, count) {
  const goal = { ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: at + COLUMNS, ArrowUp: at - COLUMNS }[key];
  if (goal === undefined) return null;
  return goal < 0 || goal >= count ? at : goal;
}

/** The text with the sign where the caret was, or instead of what was selected, and where the caret is then. */
export function inserted(text, start, end, sign) {
  return { text: text.slice(0, start) + sign + text.slice(end), caret: start + sign.length };
}
