// The load generator: one thread, one epoll.
//
//   load PORT PATH CONCURRENCY TOTAL MAX_SECONDS RAMP_MS BODY_FILE [HEADER...]
//
// Keeps CONCURRENCY requests going over keep-alive connections (opened within RAMP_MS) until TOTAL have ended or
// MAX_SECONDS are over, and prints one line of JSON: requests and chunks a second, time to the first byte of a body
// (ttfb), whole time (tot), and how late each chunk came (clat), in milliseconds. The mock upstream puts the time at
// which it sent a chunk into the chunk ("@T" and 16 hexadecimal digits of CLOCK_MONOTONIC), so that lateness shows
// through any proxy. A stream counts as good only when its "[DONE]" has come.
#define _GNU_SOURCE
#include <errno.h>
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
// One of the requests in flight. `state`: 0 idle, 1 connecting, 2 reading. `cs`, the place in the answer: 0 head,
// 1 body of a known length, 2 size of a chunk, 3 chunk, 4 its line end, 5 trailers, 9 body until the connection ends.
typedef struct {
    int fd, state, chunked, closing, status, gotdone, ok;
    uint64_t start, first, startat;
    long clen, left;
    char hb[8192];
    int hl;
    char lb[32];
    int ll;
    int cs;
    char carry[64];
    int cl;
    int nch;
    int fresh;
    long bodybytes;
    int retry;
    int out_off;
} slot;
static uint64_t now() {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000ull + t.tv_nsec;
}
static int ep, port;
static char *req;
static int reqlen;
static long total, issued, done, errs, ndone;
static double *ttfb, *tot;
static long nt;
static double *cl_;
static long ncl, ccl;
static long nevents, nbytes, nreads, nreconn;
static int wantstream;
static struct {
    char s[300];
} errsample;

static int cmp(const void *a, const void *b) {
    double x = *(double *)a, y = *(double *)b;
    return x < y ? -1 : x > y;
}
static double pct(double *a, long n, double p) {
    if (!n)
        return 0;
    long i = (long)(p * n);
    if (i >= n)
        i = n - 1;
    return a[i];
}
static void conn_open(slot *s) {
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    int one = 1;
    setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &one, 4);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    connect(s->fd, (void *)&a, sizeof a);
    s->fresh = 1;
    nreconn++;
    struct epoll_event e = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP, .data.ptr = s};
    epoll_ctl(ep, EPOLL_CTL_ADD, s->fd, &e);
    s->state = 1;
    s->out_off = 0;
}
// Send the request, on the connection that is there or a new one.
static void begin(slot *s) {
    s->chunked = s->closing = s->status = s->gotdone = 0;
    s->first = 0;
    s->clen = -1;
    s->left = 0;
    s->hl = s->ll = s->cs = s->cl = s->nch = 0;
    s->bodybytes = 0;
    s->start = now();
    s->out_off = 0;
    if (s->fd < 0) {
        conn_open(s);
        return;
    }
    s->fresh = 0;
    ssize_t r = send(s->fd, req, reqlen, MSG_NOSIGNAL);
    if (r != reqlen) {
        epoll_ctl(ep, EPOLL_CTL_DEL, s->fd, 0);
        close(s->fd);
        s->fd = -1;
        conn_open(s);
        return;
    }
    s->state = 2;
}
static void next(slot *s) {
    if (issued < total) {
        issued++;
        begin(s);
    } else {
        s->state = 0;
    }
}
static void drop(slot *s) {
    if (s->fd >= 0) {
        epoll_ctl(ep, EPOLL_CTL_DEL, s->fd, 0);
        close(s->fd);
        s->fd = -1;
    }
}
static void finish(slot *s, int ok, const char *why) {
    uint64_t t = now();
    ndone++;
    if (ok && s->status == 200 && (!wantstream || s->gotdone)) {
        done++;
        ttfb[nt] = (s->first - s->start) / 1e6;
        tot[nt++] = (t - s->start) / 1e6;
    } else {
        errs++;
        if (!errsample.s[0])
            snprintf(errsample.s, 300, "%s status=%d nch=%d done=%d", why, s->status, s->nch, s->gotdone);
    }
    if (!ok || s->closing)
        drop(s);
    next(s);
}
// Find the times in a piece of a body; `carry` holds the tail of the last piece, for a time may be cut in two.
static void payload(slot *s, const char *b, long n, uint64_t t) {
    if (n <= 0)
        return;
    nbytes += n;
    s->bodybytes += n;
    char tmp[70000 + 64];
    while (n > 0) {
        long m = n > 70000 ? 70000 : n;
        memcpy(tmp, s->carry, s->cl);
        memcpy(tmp + s->cl, b, m);
        long L = s->cl + m;
        char *p = tmp, *e = tmp + L;
        for (;;) {
            char *q = memmem(p, e - p, "@T", 2);
            if (!q || e - q < 18) {
                if (q)
                    p = q;
                break;
            }
            char h[17];
            memcpy(h, q + 2, 16);
            h[16] = 0;
            uint64_t ts = strtoull(h, 0, 16);
            if (!s->first)
                s->first = t;
            s->nch++;
            nevents++;
            if (ncl == ccl) {
                ccl = ccl ? ccl * 2 : 1 << 20;
                cl_ = realloc(cl_, ccl * sizeof(double));
            }
            cl_[ncl++] = (double)((int64_t)(t - ts)) / 1e6;
            p = q + 18;
        }
        if (!s->gotdone && memmem(tmp, L, "[DONE]", 6))
            s->gotdone = 1;
        long rem = e - p;
        long keep;
        if (rem > 0 && rem < 18 && p[0] == '@')
            keep = rem;
        else
            keep = rem < 17 ? rem : 17;
        // avoid recounting markers: keep only the tail after p
        memmove(s->carry, e - keep, keep);
        s->cl = keep;
        b += m;
        n -= m;
    }
}
// Read a piece of an answer; 1 when it has ended.
static int feed(slot *s, char *b, long n) {
    uint64_t t = now();
    while (n > 0) {
        if (s->cs == 0) { // headers
            long m = n;
            if (s->hl + m > (long)sizeof(s->hb) - 1)
                m = sizeof(s->hb) - 1 - s->hl;
            if (m <= 0)
                return -1;
            int old = s->hl;
            memcpy(s->hb + s->hl, b, m);
            s->hl += m;
            s->hb[s->hl] = 0;
            char *e = memmem(s->hb, s->hl, "\r\n\r\n", 4);
            if (!e)
                return 0;
            int hl = e - s->hb + 4;
            int used = hl - old;
            b += used;
            n -= used;
            *e = 0;
            s->status = atoi(s->hb + 9);
            if (s->status / 100 == 1) {
                s->hl = 0;
                continue;
            }
            char *c = strcasestr(s->hb, "\r\ncontent-length:");
            if (c)
                s->clen = atol(c + 17);
            if (strcasestr(s->hb, "\r\ntransfer-encoding: chunked"))
                s->chunked = 1;
            if (strcasestr(s->hb, "\r\nconnection: close"))
                s->closing = 1;
            if (s->status != 200 && !errsample.s[0])
                snprintf(errsample.s, 300, "status %d: %.*s", s->status, (int)(n < 200 ? n : 200), b);
            if (s->chunked) {
                s->cs = 2;
                s->ll = 0;
            } else if (s->clen >= 0) {
                s->left = s->clen;
                s->cs = 1;
                if (s->left == 0) {
                    finish(s, 1, "empty");
                    return 1;
                }
            } else {
                s->cs = 9;
                s->closing = 1;
            }
        } else if (s->cs == 1) {
            long m = n < s->left ? n : s->left;
            payload(s, b, m, t);
            b += m;
            n -= m;
            s->left -= m;
            if (!s->left) {
                if (!s->first)
                    s->first = t;
                finish(s, 1, "clen");
                return 1;
            }
        } else if (s->cs == 9) {
            payload(s, b, n, t);
            n = 0;
        } else if (s->cs == 2) {
            char ch = *b++;
            n--;
            if (ch == '\n') {
                s->lb[s->ll] = 0;
                s->left = strtol(s->lb, 0, 16);
                s->ll = 0;
                if (s->left == 0)
                    s->cs = 5;
                else
                    s->cs = 3;
            } else if (s->ll < 31)
                s->lb[s->ll++] = ch;
        } else if (s->cs == 3) {
            long m = n < s->left ? n : s->left;
            payload(s, b, m, t);
            b += m;
            n -= m;
            s->left -= m;
            if (!s->left) {
                s->cs = 4;
                s->ll = 0;
            }
        } else if (s->cs == 4) {
            char ch = *b++;
            n--;
            if (ch == '\n')
                s->cs = 2;
        } else if (s->cs == 5) {
            char ch = *b++;
            n--;
            if (ch == '\n') {
                if (s->ll == 0) {
                    finish(s, 1, "chunked");
                    return 1;
                }
                s->ll = 0;
            } else if (ch != '\r')
                s->ll++;
        }
    }
    return 0;
}
int main(int ac, char **av) {
    signal(SIGPIPE, SIG_IGN);
    port = atoi(av[1]);
    char *path = av[2];
    int conc = atoi(av[3]);
    total = atol(av[4]);
    double maxs = atof(av[5]);
    long ramp = atol(av[6]);
    FILE *f = fopen(av[7], "r");
    static char body[1 << 20];
    int bl = fread(body, 1, sizeof body - 1, f);
    fclose(f);
    wantstream = strstr(body, "\"stream\":true") || strstr(body, "\"stream\": true");
    req = malloc(bl + 8192);
    reqlen = sprintf(req,
                     "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\nAccept: "
                     "*/*\r\nUser-Agent: load\r\n",
                     path, port);
    for (int i = 8; i < ac; i++)
        reqlen += sprintf(req + reqlen, "%s\r\n", av[i]);
    reqlen += sprintf(req + reqlen, "Content-Length: %d\r\n\r\n", bl);
    memcpy(req + reqlen, body, bl);
    reqlen += bl;
    ttfb = malloc((total + conc) * 8);
    tot = malloc((total + conc) * 8);
    ep = epoll_create1(0);
    slot *S = calloc(conc, sizeof *S);
    uint64_t t0 = now();
    for (int i = 0; i < conc; i++) {
        S[i].fd = -1;
        S[i].startat = t0 + (uint64_t)(ramp * 1e6 * i / conc);
    }
    int started = 0;
    struct epoll_event ev[512];
    static char buf[262144];
    uint64_t dl = t0 + (uint64_t)(maxs * 1e9);
    while (ndone < total) {
        uint64_t t = now();
        if (t > dl)
            break;
        while (started < conc && S[started].startat <= t) {
            next(&S[started]);
            started++;
        }
        int to = started < conc ? 1 : 100;
        int n = epoll_wait(ep, ev, 512, to);
        for (int i = 0; i < n; i++) {
            slot *s = ev[i].data.ptr;
            if (s->fd < 0)
                continue;
            if (s->state == 1 && (ev[i].events & (EPOLLOUT | EPOLLERR | EPOLLHUP))) {
                int er = 0;
                socklen_t l = 4;
                getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &er, &l);
                if (er) {
                    finish(s, 0, "connect");
                    continue;
                }
                ssize_t r = send(s->fd, req, reqlen, MSG_NOSIGNAL);
                if (r != reqlen) {
                    finish(s, 0, "send");
                    continue;
                }
                struct epoll_event e = {.events = EPOLLIN | EPOLLRDHUP, .data.ptr = s};
                epoll_ctl(ep, EPOLL_CTL_MOD, s->fd, &e);
                s->state = 2;
                continue;
            }
            if (ev[i].events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) {
                ssize_t r = recv(s->fd, buf, sizeof buf, 0);
                if (r > 0) {
                    nreads++;
                    if (s->state == 2)
                        feed(s, buf, r);
                    continue;
                }
                if (r < 0 && errno == EAGAIN)
                    continue;
                if (s->state == 2) {
                    if (s->cs == 9 && r == 0) {
                        if (!s->first)
                            s->first = now();
                        finish(s, 1, "close");
                        drop(s);
                    } else if (!s->fresh && s->hl == 0 && s->retry < 3) {
                        s->retry++;
                        uint64_t st = s->start;
                        drop(s);
                        begin(s);
                        s->start = st;
                    } else
                        finish(s, 0, "closed early");
                } else
                    drop(s);
            }
        }
    }
    double el = (now() - t0) / 1e9;
    long timed = total - ndone;
    qsort(ttfb, nt, 8, cmp);
    qsort(tot, nt, 8, cmp);
    qsort(cl_, ncl, 8, cmp);
    double mean = 0;
    for (long i = 0; i < ncl; i++)
        mean += cl_[i];
    if (ncl)
        mean /= ncl;
    for (char *p = errsample.s; *p; p++)
        if (*p == '"' || *p < 32 || *p == '\\')
            *p = '\'';
    printf("{\"elapsed\":%.4f,\"ok\":%ld,\"err\":%ld,\"unfinished\":%ld,\"rps\":%.1f,\"ttfb_p50\":%.3f,\"ttfb_p99\":%."
           "3f,\"ttfb_max\":%.3f,\"tot_p50\":%.3f,\"tot_p99\":%.3f,\"events\":%ld,\"eps\":%.0f,\"clat_mean\":%.3f,"
           "\"clat_p50\":%.3f,\"clat_p99\":%.3f,\"clat_max\":%.3f,\"reads\":%ld,\"bytes\":%ld,\"conns\":%ld,"
           "\"errsample\":\"%s\"}\n",
           el, done, errs, timed, done / el, pct(ttfb, nt, .5), pct(ttfb, nt, .99), nt ? ttfb[nt - 1] : 0,
           pct(tot, nt, .5), pct(tot, nt, .99), nevents, nevents / el, mean, pct(cl_, ncl, .5), pct(cl_, ncl, .99),
           ncl ? cl_[ncl - 1] : 0, nreads, nbytes, nreconn, errsample.s);
    return 0;
}
