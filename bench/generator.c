/* The load generator: one thread, epoll, WebSocket clients of any server whose frames carry the marks below.

   generator PLAN [PATIENCE]     where PLAN has one line for each socket, fields separated by tabs:
     port  path  headers ("Name: value|Name: value")  chat  ack mark  template  steps...
   A step is ">text to send" or "<part of a frame to wait for". In the template @ID@ becomes a UUID and @TEXT@ sixty
   characters; a frame with "~xxxxxxxx~" is a delivery of that line; one with the ack mark and the UUID is its ack.
   Without an ack mark the sender's own copy counts. "number": in deliveries must rise by one from each to the next.

   Told on stdin: "closed SECONDS", "open RATE SECONDS", "idle SECONDS", "check", "quit". Each answer is a line of JSON on stdout.
   Closed loop: each chat always has one line under way and its parties take turns, none of them faster than PACE: on
   fewer sockets than a server could serve, a chat waits for its party. Open loop: Poisson arrivals, latency from the
   moment a line was due. Latency ends with the last of the chat's deliveries. */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { STEPS = 16, PARTIES = 8, AT_ONCE = 32, TRIES = 3, OPENING = 60, STDIN = 0xFFFFFFFF };

static const double PACE = 1.0 / 20; /* seconds from a line of a person to the next: Parley ends who is faster */

static double patience = 5; /* seconds until a line that has not arrived everywhere is given up */

typedef struct {
    int fd, port, chat, step, steps, tries;
    bool upgraded, ready, closed, waits_to_write;
    char *path, *headers, *ack, *template, *script[STEPS];
    char *in, *out;
    size_t in_length, in_size, out_length, out_size;
    uint32_t *got;
    size_t got_count, got_size;
    long number;
    double rests_until;
} Peer;

typedef struct {
    int chat, sender, missing;
    bool acked, counted, given_up;
    double due, arrived;
} Line;

typedef struct {
    int peers[PARTIES], count, turn;
    uint32_t line;
    bool waits; /* for the pace of its next party */
} Chat;

static Peer *peers;
static Chat *chats;
static Line *lines;
static double *latencies;
static int peer_count, chat_count, ready_count, closed_count, opened, poll_fd, waiting;
static size_t line_count = 1, line_size, latency_count, latency_size;
static size_t phase_sent, phase_done, phase_texts, phase_pings, misnumbered, strangers;
static bool closed_loop, measuring;
static double phase_begun, phase_end, next_due, rate, connect_begun, last_ready;
static uint32_t run;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static double cpu(void) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static void die(const char *words) {
    fprintf(stderr, "generator: %s: %s\n", words, strerror(errno));
    exit(1);
}

static void *grown(void *memory, size_t *size, size_t needed, size_t each) {
    if (needed <= *size) return memory;
    *size = needed * 2 + 64;
    memory = realloc(memory, *size * each);
    if (!memory) die("memory");
    return memory;
}

/* --- out ---------------------------------------------------------------------------------- */

static void watch(Peer *peer, int how, bool writing) {
    struct epoll_event event = {.events = EPOLLIN | (writing ? EPOLLOUT : 0), .data.u32 = peer - peers};
    if (epoll_ctl(poll_fd, how, peer->fd, &event)) die("epoll");
    peer->waits_to_write = writing;
}

static void end(Peer *peer) {
    if (peer->closed) return;
    peer->closed = true;
    closed_count++;
    if (!peer->ready) opened--;
    close(peer->fd);
}

static void flush_out(Peer *peer) {
    if (peer->closed) return;
    ssize_t sent = peer->out_length ? send(peer->fd, peer->out, peer->out_length, MSG_NOSIGNAL) : 0;
    if (sent < 0 && errno != EAGAIN && errno != ENOTCONN) return end(peer);
    if (sent > 0) {
        memmove(peer->out, peer->out + sent, peer->out_length - sent);
        peer->out_length -= sent;
    }
    if ((peer->out_length > 0) != peer->waits_to_write) watch(peer, EPOLL_CTL_MOD, peer->out_length > 0);
}

static void put(Peer *peer, const void *bytes, size_t length) {
    peer->out = grown(peer->out, &peer->out_size, peer->out_length + length, 1);
    memcpy(peer->out + peer->out_length, bytes, length);
    peer->out_length += length;
}

static void put_frame(Peer *peer, int kind, const char *bytes, size_t length) {
    unsigned char head[8] = {0x80 | kind, 0x80 | (length < 126 ? length : 126), length >> 8, length & 255};
    if (length < 126) head[2] = head[3] = 0;
    put(peer, head, length < 126 ? 6 : 8); /* the mask is zero */
    put(peer, bytes, length);
    flush_out(peer);
}

static void open_peer(Peer *peer) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(peer->port)};
    int on = 1;
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    peer->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (peer->fd < 0) die("socket");
    setsockopt(peer->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(peer->fd, (struct sockaddr *)&address, sizeof address) && errno != EINPROGRESS) die("connect");
    opened++;
    char request[8192];
    int length = snprintf(request, sizeof request,
                          "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n",
                          peer->path, peer->port);
    char copy[4096], *rest = copy, *header;
    snprintf(copy, sizeof copy, "%s", peer->headers);
    while ((header = strsep(&rest, "|")))
        if (*header) length += snprintf(request + length, sizeof request - length, "%s\r\n", header);
    length += snprintf(request + length, sizeof request - length, "\r\n");
    put(peer, request, length);
    watch(peer, EPOLL_CTL_ADD, true);
}

static void open_more(void) {
    static int next;
    while (next < peer_count && opened < ready_count + AT_ONCE) open_peer(&peers[next++]);
}

static void give_up(Peer *peer, const char *words) {
    const char *step = peer->step < peer->steps ? peer->script[peer->step] : "";
    fprintf(stderr, "generator: %d of %d sockets are ready; one %s at \"%s\"\n", ready_count, peer_count, words, step);
    exit(1);
}

/* Who is closed while it opens comes again, as any client does; who is never let in ends the run. */
static void open_again(double time) {
    for (Peer *peer = peers; peer < peers + peer_count; peer++) {
        if (peer->ready || !peer->fd) continue;
        if (time > last_ready + OPENING) give_up(peer, "waits");
        if (!peer->closed) continue;
        if (++peer->tries == TRIES) give_up(peer, "was closed");
        peer->closed = peer->upgraded = false;
        peer->step = peer->in_length = peer->out_length = 0;
        closed_count--;
        open_peer(peer);
    }
}

/* --- lines -------------------------------------------------------------------------------- */

static void say(int chat, int sender, double due) {
    Peer *peer = &peers[chats[chat].peers[sender]];
    if (peer->closed) return;
    lines = grown(lines, &line_size, line_count + 1, sizeof *lines);
    uint32_t number = line_count++;
    lines[number] = (Line){.chat = chat, .sender = chats[chat].peers[sender], .missing = chats[chat].count, .due = due};
    chats[chat].line = number;
    peer->rests_until = now() + PACE;
    phase_sent++;
    char frame[4096], *to = frame;
    for (const char *from = peer->template; *from;) {
        if (!strncmp(from, "@ID@", 4)) {
            to += sprintf(to, "%08x-0000-4000-8000-%012x", run, number);
            from += 4;
        } else if (!strncmp(from, "@TEXT@", 6)) {
            to += sprintf(to, "~%08x~ a line of sixty characters, as people write them.", number);
            from += 6;
        } else {
            *to++ = *from++;
        }
    }
    put_frame(peer, 1, frame, to - frame);
}

static bool speaks(Chat *chat, double time) {
    if (peers[chat->peers[chat->turn]].rests_until > time) return false;
    say(chat - chats, chat->turn, time);
    return true;
}

static void next_turn(Chat *chat) {
    if (!closed_loop || !measuring || chat->waits) return;
    chat->turn = (chat->turn + 1) % chat->count;
    if (speaks(chat, now())) return;
    chat->waits = true;
    waiting++;
}

static void go_on(double time) {
    for (int i = 0; waiting && i < chat_count; i++)
        if (chats[i].waits && speaks(&chats[i], time)) {
            chats[i].waits = false;
            waiting--;
        }
}

static void stop_waiting(void) {
    for (int i = 0; i < chat_count; i++) chats[i].waits = false;
    waiting = 0;
}

static void finish(Line *line) {
    if (line->missing || !line->acked || line->counted) return;
    line->counted = true;
    if (measuring && line->due >= phase_begun) {
        phase_done++;
        latencies = grown(latencies, &latency_size, latency_count + 1, sizeof *latencies);
        latencies[latency_count++] = line->arrived - line->due;
    }
    if (!line->given_up) next_turn(&chats[line->chat]);
}

static void give_up_late(double time) {
    for (int i = 0; closed_loop && i < chat_count; i++) {
        Line *line = &lines[chats[i].line];
        if (!line->counted && !line->given_up && line->due < time - patience) {
            line->given_up = true;
            next_turn(&chats[i]);
        }
    }
}

/* --- in ----------------------------------------------------------------------------------- */

static void advance(Peer *peer, const char *frame) {
    if (frame && peer->step < peer->steps && peer->script[peer->step][0] == '<' &&
        strstr(frame, peer->script[peer->step] + 1))
        peer->step++;
    while (peer->step < peer->steps && peer->script[peer->step][0] == '>') {
        const char *text = peer->script[peer->step++] + 1;
        put_frame(peer, 1, text, strlen(text));
    }
    if (peer->step == peer->steps && !peer->ready && !peer->closed) {
        peer->ready = true;
        last_ready = now();
        if (++ready_count == peer_count)
            printf("{\"ready\": %d, \"seconds\": %.3f}\n", ready_count, now() - connect_begun), fflush(stdout);
        open_more();
    }
}

static void delivered(Peer *peer, uint32_t number, const char *frame) {
    if (number == 0 || number >= line_count || lines[number].chat != peer->chat) {
        strangers++;
        return;
    }
    Line *line = &lines[number];
    peer->got = grown(peer->got, &peer->got_size, peer->got_count + 1, sizeof *peer->got);
    peer->got[peer->got_count++] = number;
    const char *found = strstr(frame, "\"number\":");
    if (found) {
        long given = atol(found + 9);
        if (peer->number && given != peer->number + 1) misnumbered++;
        peer->number = given;
    }
    if (--line->missing == 0) line->arrived = now();
    if (!*peer->ack && peers + line->sender == peer) line->acked = true;
    finish(line);
}

static void acked(const char *frame) {
    const char *mark = strstr(frame, "-0000-4000-8000-");
    uint32_t number = mark ? strtoul(mark + 16, NULL, 16) : 0;
    if (number == 0 || number >= line_count) return;
    lines[number].acked = true;
    finish(&lines[number]);
}

static void take_frame(Peer *peer, const char *frame) {
    if (!peer->ready) return advance(peer, frame);
    if (!strcmp(frame, "2")) return put_frame(peer, 1, "3", 1); /* Engine.IO asks whether we live */
    if (*peer->ack && strstr(frame, peer->ack)) return acked(frame);
    for (const char *mark = frame; (mark = strchr(mark, '~')); mark++)
        if (strlen(mark) > 9 && mark[9] == '~') return delivered(peer, strtoul(mark + 1, NULL, 16), frame);
}

static size_t parse(Peer *peer, size_t at) {
    unsigned char *in = (unsigned char *)peer->in + at;
    size_t left = peer->in_length - at, head = 2;
    if (left < 2) return 0;
    uint64_t length = in[1] & 127;
    if (length == 126) {
        if (left < 4) return 0;
        length = in[2] << 8 | in[3];
        head = 4;
    } else if (length == 127) {
        if (left < 10) return 0;
        length = 0;
        for (int i = 2; i < 10; i++) length = length << 8 | in[i];
        head = 10;
    }
    if (left < head + length) return 0;
    int kind = in[0] & 15;
    char *body = (char *)in + head, kept = body[length];
    body[length] = 0;
    phase_texts += kind == 1;
    phase_pings += kind == 9;
    if (kind == 1) take_frame(peer, body);
    if (kind == 9) put_frame(peer, 10, body, length);
    if (kind == 8) end(peer);
    body[length] = kept;
    return head + length;
}

static void take(Peer *peer) {
    for (;;) {
        peer->in = grown(peer->in, &peer->in_size, peer->in_length + 16385, 1);
        ssize_t length = recv(peer->fd, peer->in + peer->in_length, 16384, 0);
        if (length < 0 && errno == EAGAIN) break;
        if (length <= 0) return end(peer);
        peer->in_length += length;
        if (length < 16384) break;
    }
    size_t at = 0, used;
    if (!peer->upgraded) {
        char *blank = memmem(peer->in, peer->in_length, "\r\n\r\n", 4);
        if (!blank) return;
        if (memcmp(peer->in, "HTTP/1.1 101", 12)) {
            fprintf(stderr, "generator: refused: %.200s\n", peer->in);
            return end(peer);
        }
        peer->upgraded = true;
        at = blank + 4 - peer->in;
        advance(peer, NULL);
    }
    while (!peer->closed && (used = parse(peer, at))) at += used;
    memmove(peer->in, peer->in + at, peer->in_length - at);
    peer->in_length -= at;
}

/* --- phases ------------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b) {
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static double percentile(double share) {
    return latency_count ? latencies[(size_t)(share * (latency_count - 1))] * 1000 : -1;
}

static void run_until(double until);

static void phase(void) {
    double used = cpu(), seconds = phase_end - phase_begun;
    measuring = true;
    phase_sent = phase_done = phase_texts = phase_pings = latency_count = 0;
    for (int i = 0; closed_loop && i < chat_count; i++) next_turn(&chats[i]);
    run_until(phase_end);
    measuring = false;
    stop_waiting();
    double took = now() - phase_begun;
    used = cpu() - used;
    qsort(latencies, latency_count, sizeof *latencies, ascending);
    printf("{\"seconds\": %.3f, \"sent\": %zu, \"done\": %zu, \"rate\": %.1f, \"p50\": %.3f, \"p95\": %.3f, "
           "\"p99\": %.3f, \"cpu\": %.4f, \"closed\": %d, \"texts\": %zu, \"pings\": %zu}\n",
           took, phase_sent, phase_done, phase_done / took, percentile(0.5), percentile(0.95), percentile(0.99),
           used / seconds, closed_count, phase_texts, phase_pings);
    fflush(stdout);
}

static bool all_done(void) {
    for (size_t i = 1; i < line_count; i++)
        if (!lines[i].counted && !peers[lines[i].sender].closed) return false;
    return true;
}

/* Until what is under way has arrived everywhere; what is lost never does. */
static void come_to_rest(double most) {
    closed_loop = false;
    for (double begun = now(); !all_done() && now() < begun + most;) run_until(now() + 0.05);
}

static void check(void) {
    size_t acks = 0, lost = 0, doubled = 0, unordered = 0;
    come_to_rest(6 * patience);
    uint8_t *seen = malloc(line_count);
    for (int i = 0; i < peer_count; i++) {
        Peer *peer = &peers[i], *first = &peers[chats[peer->chat].peers[0]];
        memset(seen, 0, line_count);
        for (size_t n = 0; n < peer->got_count; n++) doubled += seen[peer->got[n]]++ > 0;
        for (size_t n = 1; n < line_count; n++)
            lost += lines[n].acked && lines[n].chat == peer->chat && !seen[n];
        if (peer->got_count != first->got_count ||
            memcmp(peer->got, first->got, peer->got_count * sizeof *peer->got))
            unordered++;
    }
    free(seen);
    for (size_t n = 1; n < line_count; n++) acks += lines[n].acked;
    printf("{\"unacked\": [");
    for (size_t n = 1, first = 1; n < line_count; n++)
        if (!lines[n].acked) printf(first ? "%zu" : ", %zu", n), first = 0;
    printf("], \"sent\": %zu, \"acked\": %zu, \"lost\": %zu, \"doubled\": %zu, \"unordered\": %zu, \"misnumbered\": %zu, "
           "\"strangers\": %zu, \"closed\": %d}\n",
           line_count - 1, acks, lost, doubled, unordered, misnumbered, strangers, closed_count);
    fflush(stdout);
}

static void obey(char *words) {
    double first = 0, second = 0;
    if (!strncmp(words, "quit", 4)) exit(0);
    if (!strncmp(words, "check", 5)) return check();
    come_to_rest(patience); /* else the first lines of this phase would wait behind the last of the one before */
    closed_loop = !strncmp(words, "closed", 6);
    bool open_loop = !strncmp(words, "open", 4);
    sscanf(strchr(words, ' '), "%lf %lf", &first, &second);
    rate = open_loop ? first : 0;
    phase_begun = next_due = now();
    phase_end = phase_begun + (open_loop ? second : first);
    phase();
}

static void run_until(double until) {
    struct epoll_event events[512];
    double looked = 0;
    for (double time = now(); time < until; time = now()) {
        double wait = until - time;
        if (measuring && rate > 0) {
            while (next_due <= time) {
                int chat = drand48() * chat_count;
                say(chat, drand48() * chats[chat].count, next_due);
                next_due += -log(1 - drand48()) / rate;
            }
            wait = fmin(wait, next_due - time);
        }
        if (waiting) {
            go_on(time);
            wait = fmin(wait, PACE / 50);
        }
        struct timespec pause = {.tv_sec = fmin(wait, 0.5), .tv_nsec = fmod(fmin(wait, 0.5), 1) * 1e9};
        int count = epoll_pwait2(poll_fd, events, 512, &pause, NULL);
        for (int i = 0; i < count; i++) {
            if (events[i].data.u32 == STDIN) {
                char words[256];
                if (!fgets(words, sizeof words, stdin)) exit(0);
                obey(words);
                continue;
            }
            Peer *peer = &peers[events[i].data.u32];
            if (peer->closed) continue;
            if (events[i].events & EPOLLOUT) flush_out(peer);
            if (!peer->closed && events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) take(peer);
        }
        if (time < looked + 1) continue;
        looked = time;
        if (measuring) give_up_late(time);
        if (ready_count < peer_count) open_again(time);
    }
}

static void read_plan(const char *path) {
    FILE *file = fopen(path, "r");
    char *line = NULL, *field;
    size_t size = 0, peer_size = 0, chat_size = 0;
    if (!file) die(path);
    while (getline(&line, &size, file) > 0) {
        line[strcspn(line, "\n")] = 0;
        char *rest = strdup(line);
        peers = grown(peers, &peer_size, peer_count + 1, sizeof *peers);
        Peer *peer = &peers[peer_count];
        *peer = (Peer){.port = atoi(strsep(&rest, "\t"))};
        peer->path = strsep(&rest, "\t");
        peer->headers = strsep(&rest, "\t");
        peer->chat = atoi(strsep(&rest, "\t"));
        peer->ack = strsep(&rest, "\t");
        peer->template = strsep(&rest, "\t");
        while ((field = strsep(&rest, "\t")) && peer->steps < STEPS) peer->script[peer->steps++] = field;
        if (peer->chat >= chat_count) {
            chats = grown(chats, &chat_size, peer->chat + 1, sizeof *chats);
            memset(chats + chat_count, 0, (peer->chat + 1 - chat_count) * sizeof *chats);
            chat_count = peer->chat + 1;
        }
        Chat *chat = &chats[peer->chat];
        if (chat->count < PARTIES) chat->peers[chat->count++] = peer_count;
        peer_count++;
    }
    free(line);
    fclose(file);
}

int main(int count, char **words) {
    if (count != 2 && count != 3) die("usage: generator PLAN [PATIENCE]");
    read_plan(words[1]);
    if (count == 3) patience = atof(words[2]);
    run = (uint32_t)time(NULL) ^ (uint32_t)getpid() << 16;
    srand48(7);
    setvbuf(stdin, NULL, _IONBF, 0);
    poll_fd = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = STDIN};
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, 0, &event);
    lines = grown(NULL, &line_size, 1024, sizeof *lines);
    lines[0] = (Line){.counted = true};
    connect_begun = last_ready = now();
    open_more();
    for (;;) run_until(now() + 3600);
}
