// SPDX-License-Identifier: Apache-2.0
//
// docs/performance.md: the machine, the figures, where a peer still wins, and all rows.
#include <math.h>
#include <string.h>

#include "bench/peers/peers.h"

static void put_head(const harness *h, FILE *out)
{
    fprintf(out,
            "<!-- SPDX-License-Identifier: Apache-2.0 -->\n"
            "<!-- Written by `build/bench/peers --markdown docs/performance.md`. -->\n"
            "# How fast it is\n\n"
            "Weir and its peers on one CPU, measured in one run on %s: they take turns, in an "
            "order that changes, on\n"
            "equally many threads, and each one's threads have gone to sleep before the next is "
            "timed. Times are medians of\n"
            "a call with its output there already; a ratio is the median over the turns of the "
            "peer's time over Weir's, so\n"
            "above 1 Weir is ahead. Peers take their best kernels, whatever the CPU's model number "
            "says.\n"
            "[bench/README.md](../bench/README.md) says how to repeat it.\n\n",
            h->date);
    fprintf(out,
            "| | |\n| --- | --- |\n| CPU | %s, of which Weir uses %s |\n| threads | %u |\n| load "
            "before | %.2f |\n",
            h->cpu, h->weir_cpu, h->options.threads, h->load_before);
    for (size_t i = 0; i < h->n_contenders; i++)
        if (h->contender[i].role != HARNESS_CEILING && *h->contender[i].version)
            fprintf(out, "| %s | %s |\n", h->contender[i].name, h->contender[i].version);
    fputs("\n## Figures\n\nA ratio is the worst over its sizes of Weir's speed over the best "
          "peer's.\n\n"
          "| figure | value |\n| --- | --- |\n",
          out);
    for (size_t i = 0; i < h->n_figures; i++)
        fprintf(out, "| `%s` | %.3g |\n", h->figure[i].name, h->figure[i].value);
    fputc('\n', out);
}

static void put_wins(const harness *h, const char *group, FILE *out)
{
    bool any = false;
    const char *last = "";
    for (size_t i = 0; i < h->n_rows; i++) {
        const harness_row *r = &h->row[i];
        size_t best = strcmp(r->group, group) ? 0 : harness_best_peer(h, r);
        if (!best || r->ratio[best] >= 0.995)
            continue;
        if (!any)
            fprintf(out, "\n**%s**\n\n", group);
        any = true;
        if (strcmp(last, r->name))
            fprintf(out, "%s- %s: ", *last ? "\n" : "", r->name);
        else
            fputs(", ", out);
        last = r->name;
        fprintf(out, "%s (%s, %.2f)", r->shape, h->contender[best].name, r->ratio[best]);
    }
    if (any)
        fputc('\n', out);
}

// The groups that there are, each once.
static bool first_of_group(const harness *h, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (!strcmp(h->row[k].group, h->row[i].group))
            return false;
    return true;
}

static void put_group(const harness *h, const char *group, FILE *out)
{
    bool part[HARNESS_CONTENDERS] = {0};
    char text[32];
    for (size_t i = 0; i < h->n_rows; i++)
        for (size_t k = 0; k < h->n_contenders && !strcmp(h->row[i].group, group); k++)
            part[k] = part[k] || isfinite(h->row[i].ns[k]);
    fprintf(out, "\n## %s\n\n| | size |", group);
    for (size_t k = 0; k < h->n_contenders; k++)
        if (part[k])
            fprintf(out, " %s |", h->contender[k].name);
    fputs(" ratio |\n| --- | --- |", out);
    for (size_t k = 0; k < h->n_contenders; k++)
        if (part[k])
            fputs(" ---: |", out);
    fputs(" ---: |\n", out);
    for (size_t i = 0; i < h->n_rows; i++) {
        const harness_row *r = &h->row[i];
        if (strcmp(r->group, group))
            continue;
        fprintf(out, "| %s | %s |", r->name, r->shape);
        for (size_t k = 0; k < h->n_contenders; k++)
            if (part[k])
                fprintf(out, " %s |", harness_time_text(r->ns[k], text, sizeof text));
        size_t best = harness_best_peer(h, r);
        if (best)
            fprintf(out, " %.2f |\n", r->ratio[best]);
        else
            fputs(" |\n", out);
    }
}

int peers_write_markdown(const harness *h, FILE *out)
{
    put_head(h, out);
    fputs("## Where a peer still wins\n\nBy size, with the peer and the ratio.\n", out);
    for (size_t i = 0; i < h->n_rows; i++)
        if (first_of_group(h, i))
            put_wins(h, h->row[i].group, out);
    for (size_t i = 0; i < h->n_rows; i++)
        if (first_of_group(h, i))
            put_group(h, h->row[i].group, out);
    if (h->n_notes)
        fputs("\n## Notes\n\n", out);
    for (size_t i = 0; i < h->n_notes; i++)
        fprintf(out, "- %s\n", h->note[i]);
    return ferror(out) != 0;
}
