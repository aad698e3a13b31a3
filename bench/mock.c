// The mock upstream: OpenAI's chat completions, one thread, one epoll.
//
//   mock PORT
//
// A string "m-CHUNKS-FIRST_MS-GAP_MS[-PAD_BYTES]" anywhere in a request's body is its plan. Each chunk holds the time
// at which it was sent ("@T" and 16 hexadecimal digits of CLOCK_MONOTONIC). `GET /stats` counts requests, streams that
// were finished or broken off, and bytes.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
// One connection: what has come in, what is to go out, and where its stream stands.
typedef struct conn {
    int fd, active, idx, n, i, usage, pad, want_out;
    long gap;
    uint64_t next;
    char *in;
    size_t il, ic;
    char *out;
    size_t ol, oc, oo;
    int phase;
    int done;
} conn;
static uint64_t now() {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000ull + t.tv_nsec;
}
static int ep;
static conn **act;
static int nact, cact;
static uint64_t st_req, st_stream, st_abort, st_bytes, st_last_abort, st_done, st_conn;
static char padbuf[1 << 16];
static void activate(conn *c) {
    if (c->active)
        return;
    if (nact == cact) {
        cact = cact ? cact * 2 : 256;
        act = realloc(act, cact * sizeof *act);
    }
    c->idx = nact;
    act[nact++] = c;
    c->active = 1;
}
static void deactivate(conn *c) {
    if (!c->active)
        return;
    act[c->idx] = act[--nact];
    act[c->idx]->idx = c->idx;
    c->active = 0;
}
static void cclose(conn *c) {
    if (c->active) {
        st_abort++;
        st_last_abort = now();
        deactivate(c);
    }
    close(c->fd);
    free(c->in);
    free(c->out);
    free(c);
}
static void setout(conn *c, int on) {
    if (c->want_out == on)
        return;
    c->want_out = on;
    struct epoll_event e = {.events = EPOLLIN | EPOLLRDHUP | (on ? EPOLLOUT : 0), .data.ptr = c};
    epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &e);
}
static int flush_(conn *c) {
    while (c->oo < c->ol) {
        ssize_t r = send(c->fd, c->out + c->oo, c->ol - c->oo, MSG_NOSIGNAL);
        if (r < 0) {
            if (errno == EAGAIN) {
                setout(c, 1);
                return 0;
            }
            return -1;
        }
        c->oo += r;
        st_bytes += r;
    }
    c->oo = c->ol = 0;
    setout(c, 0);
    return 1;
}
static int put(conn *c, const char *b, size_t l) {
    if (c->ol + l > c->oc) {
        c->oc = (c->ol + l) * 2;
        c->out = realloc(c->out, c->oc);
    }
    memcpy(c->out + c->ol, b, l);
    c->ol += l;
    return 0;
}
static void putchunk(conn *c, const char *b, size_t l) {
    char h[32];
    int n = sprintf(h, "%zx\r\n", l);
    put(c, h, n);
    put(c, b, l);
    put(c, "\r\n", 2);
}
#define PRE                                                                                                            \
    "{\"id\":\"chatcmpl-AbCdEfGhIjKlMnOpQrStUv\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,"         \
    "\"model\":\"gpt-4o-mini\",\"system_fingerprint\":\"fp_44709d6fcb\",\"choices\":"
// Send the next chunk of a stream; -1 when its client has gone.
static int step(conn *c, uint64_t t) {
    char b[70000];
    int l;
    if (c->ol > c->oo) {
        int r = flush_(c);
        if (r <= 0)
            return r;
    }
    if (c->i == 0) {
        l = sprintf(b,
                    "data: " PRE "[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"@T%016llx\"},"
                                 "\"logprobs\":null,\"finish_reason\":null}]}\n\n",
                    (unsigned long long)now());
        putchunk(c, b, l);
        c->i++;
        c->next = t + c->gap * 1000000ull;
    } else if (c->i < c->n) {
        l = sprintf(
            b,
            "data: " PRE
            "[{\"index\":0,\"delta\":{\"content\":\"@T%016llx%.*s\"},\"logprobs\":null,\"finish_reason\":null}]}\n\n",
            (unsigned long long)now(), c->pad, padbuf);
        putchunk(c, b, l);
        c->i++;
        c->next += c->gap * 1000000ull;
    } else {
        l = sprintf(b, "data: " PRE "[{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":\"stop\"}]}\n\n");
        putchunk(c, b, l);
        if (c->usage) {
            l = sprintf(b,
                        "data: " PRE
                        "[],\"usage\":{\"prompt_tokens\":123,\"completion_tokens\":%d,\"total_tokens\":%d}}\n\n",
                        c->n, c->n + 123);
            putchunk(c, b, l);
        }
        putchunk(c, "data: [DONE]\n\n", 14);
        put(c, "0\r\n\r\n", 5);
        st_done++;
        deactivate(c);
    }
    return flush_(c) < 0 ? -1 : 0;
}
// Answer what has come in whole.
static int handle(conn *c) {
    for (;;) {
        if (c->active)
            return 0;
        c->in[c->il] = 0;
        char *e = memmem(c->in, c->il, "\r\n\r\n", 4);
        if (!e)
            return 0;
        size_t hl = e - c->in + 4;
        size_t bl = 0;
        char *body = c->in + hl;
        size_t tot;
        *e = 0;
        char *cl = strcasestr(c->in, "\r\ncontent-length:");
        char *te = strcasestr(c->in, "\r\ntransfer-encoding:");
        *e = '\r';
        if (cl) {
            bl = strtoul(cl + 17, 0, 10);
            tot = hl + bl;
            if (c->il < tot)
                return 0;
        } else if (te) {
            char *z = memmem(body, c->il - hl, "\r\n0\r\n\r\n", 7);
            if (!z)
                return 0;
            bl = z - body;
            tot = hl + bl + 7;
        } else
            tot = hl;
        st_req++;
        char sv = body[bl];
        body[bl] = 0;
        if (!strncmp(c->in, "GET /stats", 10)) {
            char b[512], h[700];
            int l = sprintf(b,
                            "{\"req\":%llu,\"stream\":%llu,\"done\":%llu,\"abort\":%llu,\"bytes\":%llu,\"active\":%d,"
                            "\"conns\":%llu,\"last_abort\":%.6f,\"now\":%.6f}",
                            (unsigned long long)st_req, (unsigned long long)st_stream, (unsigned long long)st_done,
                            (unsigned long long)st_abort, (unsigned long long)st_bytes, nact,
                            (unsigned long long)st_conn, st_last_abort / 1e9, now() / 1e9);
            int n =
                sprintf(h, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", l, b);
            put(c, h, n);
            if (flush_(c) < 0)
                return -1;
        } else if (!strncmp(c->in, "GET ", 4)) {
            const char *b = "{\"object\":\"list\",\"data\":[{\"id\":\"m-50-0-0\",\"object\":\"model\",\"created\":"
                            "1700000000,\"owned_by\":\"mock\"},{\"id\":\"m-100-200-20\",\"object\":\"model\","
                            "\"created\":1700000000,\"owned_by\":\"mock\"}]}";
            char h[700];
            int n = sprintf(h, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                            strlen(b), b);
            put(c, h, n);
            if (flush_(c) < 0)
                return -1;
        } else {
            int N = 50, T = 0, G = 0, P = 0;
            char *m = strstr(body, "\"m-");
            if (m)
                sscanf(m, "\"m-%d-%d-%d-%d", &N, &T, &G, &P);
            if (P > 65000)
                P = 65000;
            int stream = strstr(body, "\"stream\":true") || strstr(body, "\"stream\": true");
            c->usage = strstr(body, "\"include_usage\":true") || strstr(body, "\"include_usage\": true");
            if (stream) {
                st_stream++;
                c->n = N;
                c->i = 0;
                c->gap = G;
                c->pad = P;
                c->next = now() + T * 1000000ull;
                static const char h[] =
                    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nCache-Control: "
                    "no-cache\r\nx-request-id: req_0123456789abcdef\r\nopenai-processing-ms: 10\r\nTransfer-Encoding: "
                    "chunked\r\n\r\n";
                put(c, h, sizeof h - 1);
                if (T > 0) {
                    if (flush_(c) < 0)
                        return -1;
                }
                activate(c);
            } else {
                char b[2048], h[4096];
                int l =
                    sprintf(b,
                            "{\"id\":\"chatcmpl-AbCdEfGhIjKlMnOpQrStUv\",\"object\":\"chat.completion\",\"created\":"
                            "1700000000,\"model\":\"gpt-4o-mini\",\"choices\":[{\"index\":0,\"message\":{\"role\":"
                            "\"assistant\",\"content\":\"@T%016llx Hello! How can I help you today? This is a short "
                            "reply.\",\"refusal\":null},\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":{"
                            "\"prompt_tokens\":123,\"completion_tokens\":15,\"total_tokens\":138},\"system_"
                            "fingerprint\":\"fp_44709d6fcb\"}",
                            (unsigned long long)now());
                int n = sprintf(h,
                                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nx-request-id: "
                                "req_0123456789abcdef\r\nopenai-processing-ms: 10\r\nContent-Length: %d\r\n\r\n%s",
                                l, b);
                put(c, h, n);
                if (flush_(c) < 0)
                    return -1;
                st_done++;
            }
        }
        body[bl] = sv;
        memmove(c->in, c->in + tot, c->il - tot);
        c->il -= tot;
        if (!c->il)
            return 0;
    }
}
int main(int ac, char **av) {
    signal(SIGPIPE, SIG_IGN);
    memset(padbuf, 'x', sizeof padbuf);
    int ls = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
    setsockopt(ls, SOL_SOCKET, SO_REUSEADDR, &one, 4);
    struct sockaddr_in a = {
        .sin_family = AF_INET, .sin_port = htons(atoi(av[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(ls, (void *)&a, sizeof a)) {
        perror("bind");
        return 1;
    }
    listen(ls, 4096);
    ep = epoll_create1(0);
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = 0};
    epoll_ctl(ep, EPOLL_CTL_ADD, ls, &e);
    struct epoll_event ev[512];
    for (;;) {
        int to = -1;
        if (nact) {
            to = 1;
            uint64_t t = now();
            for (int i = 0; i < nact; i++)
                if (act[i]->gap == 0 && act[i]->next <= t && !act[i]->want_out) {
                    to = 0;
                    break;
                }
        }
        int n = epoll_wait(ep, ev, 512, to);
        for (int i = 0; i < n; i++) {
            conn *c = ev[i].data.ptr;
            if (!c) {
                for (;;) {
                    int fd = accept4(ls, 0, 0, SOCK_NONBLOCK);
                    if (fd < 0)
                        break;
                    st_conn++;
                    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, 4);
                    c = calloc(1, sizeof *c);
                    c->fd = fd;
                    c->ic = 16384;
                    c->in = malloc(c->ic + 1);
                    struct epoll_event x = {.events = EPOLLIN | EPOLLRDHUP, .data.ptr = c};
                    epoll_ctl(ep, EPOLL_CTL_ADD, fd, &x);
                }
                continue;
            }
            if (ev[i].events & (EPOLLERR | EPOLLHUP)) {
                cclose(c);
                continue;
            }
            if (ev[i].events & EPOLLOUT) {
                if (flush_(c) < 0) {
                    cclose(c);
                    continue;
                }
            }
            if (ev[i].events & (EPOLLIN | EPOLLRDHUP)) {
                int dead = 0;
                for (;;) {
                    if (c->ic - c->il < 8192) {
                        c->ic *= 2;
                        c->in = realloc(c->in, c->ic + 1);
                    }
                    ssize_t r = recv(c->fd, c->in + c->il, c->ic - c->il, 0);
                    if (r == 0) {
                        dead = 1;
                        break;
                    }
                    if (r < 0) {
                        if (errno != EAGAIN)
                            dead = 1;
                        break;
                    }
                    c->il += r;
                    if ((size_t)r < 8192)
                        break;
                }
                if (dead) {
                    cclose(c);
                    continue;
                }
                if (handle(c) < 0)
                    cclose(c);
            }
        }
        if (nact) {
            uint64_t t = now();
            for (int i = 0; i < nact;) {
                conn *c = act[i];
                if (c->want_out || c->next > t) {
                    i++;
                    continue;
                }
                int r = step(c, t);
                if (r < 0) {
                    cclose(c);
                    continue;
                }
                if (i < nact && act[i] == c)
                    i++;
                else if (c->il) {
                    if (handle(c) < 0)
                        cclose(c);
                }
            }
        }
    }
}
