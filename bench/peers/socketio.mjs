// As a good developer writes it with Socket.IO: a room for each chat, one insert for each line, then everybody gets it.
// node socketio.mjs PORT sqlite FILE | postgres URL

import { createRequire } from "node:module";

const [port, kind, place] = process.argv.slice(2);
const from = createRequire(`${process.env.PEERS}/package.json`);
const TABLE = `CREATE TABLE IF NOT EXISTS line
    (number ${kind === "sqlite" ? "INTEGER PRIMARY KEY" : "BIGSERIAL PRIMARY KEY"}, chat TEXT, sender TEXT, text TEXT, at TEXT)`;

function sqlite() {
    const Database = from("better-sqlite3");
    const database = new Database(place);
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    database.exec(TABLE);
    const insert = database.prepare("INSERT INTO line (chat, sender, text, at) VALUES (?, ?, ?, ?)");
    return async (...values) => insert.run(...values);
}

async function postgres() {
    const pool = new (from("pg").Pool)({ connectionString: place, max: 10 });
    await pool.query(TABLE);
    const text = "INSERT INTO line (chat, sender, text, at) VALUES ($1, $2, $3, $4)";
    return (...values) => pool.query({ name: "insert", text, values });
}

const store = await (kind === "sqlite" ? sqlite() : postgres());
const { Server } = from("socket.io");
const server = new Server(Number(port), { transports: ["websocket"], perMessageDeflate: false });

server.on("connection", (socket) => {
    const chat = socket.handshake.auth.chat;
    socket.join(chat);
    socket.on("line", async ({ id, text }, ack) => {
        await store(chat, socket.id, text, new Date().toISOString());
        server.to(chat).emit("line", { id, text });
        ack({ id });
    });
});
