// SPDX-License-Identifier: Apache-2.0
//
// A photo: three operations of image work on the automatic choice.
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <stb/stb_image.h>
#include <stb/stb_image_write.h>

#include "tools/weir/crossovers.h"
#include "tools/weir/demo.h"
#include "tools/weir/output.h"

// A growing buffer that stb writes a PNG into.
typedef struct buffer {
    unsigned char *data;
    size_t bytes;
    bool failed;
} buffer;

static void append(void *context, void *data, int bytes)
{
    buffer *b = context;
    if (b->failed || bytes < 0)
        return;
    unsigned char *grown = realloc(b->data, b->bytes + (size_t)bytes + 1);
    if (!grown) {
        b->failed = true;
        return;
    }
    b->data = grown;
    memcpy(b->data + b->bytes, data, (size_t)bytes);
    b->bytes += (size_t)bytes;
}

static int read_file(const char *path, void **out, size_t *bytes)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return tool_fail("%s: %s", path, strerror(errno));
    buffer b = {0};
    unsigned char chunk[16384];
    size_t n;
    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
        append(&b, chunk, (int)n);
    bool failed = ferror(f) || b.failed;
    fclose(f);
    if (failed || b.bytes == 0 || b.bytes > INT_MAX) {
        free(b.data);
        return tool_fail("%s: cannot be read", path);
    }
    *out = b.data;
    *bytes = b.bytes;
    return TOOL_OK;
}

static int save(demo *d, demo_picture *p, const char *name, int channels, const void *pixels)
{
    buffer b = {0};
    tool_output o;
    snprintf(p->name, sizeof p->name, "%s", name);
    if (!stbi_write_png_to_func(append, &b, d->width, d->height, channels, pixels,
                                d->width * channels) ||
        b.failed) {
        free(b.data);
        return tool_broken("no memory for %s", name);
    }
    p->png = b.data;
    p->bytes = b.bytes;
    char *path = demo_path(d->out, name);
    if (!path)
        return tool_broken("no memory for %s", name);
    bool good = tool_output_open(&o, path);
    if (good) {
        fwrite(p->png, 1, p->bytes, o.file); // commit sees a failure
        good = tool_output_commit(&o, 1);
    }
    free(path);
    return good ? TOOL_OK : TOOL_BROKEN;
}

static weir_array image(const demo *d, void *data, weir_dtype dtype, int64_t channels)
{
    const int64_t shape[] = {d->height, d->width, channels};
    return weir_array_dense(data, dtype, channels ? 3 : 2, shape);
}

// Runs one operation where Weir chooses, and notes where that was.
static int run(demo *d, weir_op op, const void *options, const weir_array *in, size_t n_in,
               const weir_array *out, demo_picture *p)
{
    double n = (double)d->width * d->height * (out->rank == 3 ? 3 : 1);
    weir_device_info info = {.id = "cpu"};
    weir_stats before;
    weir_stats_get(d->context, &before);
    weir_status s = weir_run(d->context, op, options, in, n_in, out, 1, NULL);
    weir_device_get(d->context, crossovers_ran(d->context, op, n, &before), &info);
    snprintf(p->device, sizeof p->device, "%s", info.id);
    return s == WEIR_OK ? TOOL_OK : tool_fail_weir(d->context, s, "photo");
}

// White where gray is above Otsu's threshold, which is computed from the image.
static int gray_and_threshold(demo *d, unsigned char *rgba, unsigned char *gray,
                              unsigned char *black)
{
    demo_picture *p = d->picture;
    unsigned char level = 0;
    weir_array in = image(d, rgba, WEIR_U8, 4), y = image(d, gray, WEIR_U8, 0);
    int r = run(d, WEIR_OP_RGBA_TO_GRAY, NULL, &in, 1, &y, &p[0]);
    if (r == TOOL_OK)
        r = save(d, &p[0], "gray.png", 1, gray);
    weir_array both[] = {y, weir_array_dense(&level, WEIR_U8, 0, NULL)};
    weir_array t = image(d, black, WEIR_U8, 0);
    if (r == TOOL_OK)
        r = run(d, WEIR_OP_OTSU_THRESHOLD, NULL, &y, 1, &both[1], &p[1]);
    if (r == TOOL_OK)
        r = run(d, WEIR_OP_THRESHOLD_AT, NULL, both, 2, &t, &p[1]);
    snprintf(p[1].what, sizeof p[1].what, "white where gray is above %d, Otsu's threshold", level);
    return r == TOOL_OK ? save(d, &p[1], "threshold.png", 1, black) : r;
}

// ImageNet's normalization of the RGB channels, then shown: the smallest value black, the largest
// white, the same for all channels.
static int normalize(demo *d, unsigned char *rgba, float *normal, unsigned char *shown)
{
    demo_picture *p = &d->picture[2];
    float mean[] = {0.485f, 0.456f, 0.406f}, deviation[] = {0.229f, 0.224f, 0.225f};
    const int64_t channels = 3;
    weir_normalize_options options = {
        .struct_size = sizeof options, .scale = 1.0f / 255.0f, .axis = -1};
    weir_array in[] = {image(d, rgba, WEIR_U8, 3), weir_array_dense(mean, WEIR_F32, 1, &channels),
                       weir_array_dense(deviation, WEIR_F32, 1, &channels)};
    in[0].strided = true; // steps over alpha
    in[0].strides[0] = 4 * (int64_t)d->width;
    in[0].strides[1] = 4;
    in[0].strides[2] = 1;
    weir_array out = image(d, normal, WEIR_F32, 3);
    int r = run(d, WEIR_OP_NORMALIZE, &options, in, 3, &out, p);
    if (r != TOOL_OK)
        return r;
    size_t n = (size_t)d->width * (size_t)d->height * 3;
    float least = normal[0], most = normal[0];
    for (size_t i = 0; i < n; i++) {
        least = normal[i] < least ? normal[i] : least;
        most = normal[i] > most ? normal[i] : most;
    }
    float step = most > least ? 255.0f / (most - least) : 0;
    for (size_t i = 0; i < n; i++)
        shown[i] = (unsigned char)((normal[i] - least) * step + 0.5f);
    snprintf(p->what, sizeof p->what, "(x / 255 - mean) / std of each channel: %.2f to %.2f",
             (double)least, (double)most);
    return save(d, p, "normalized.png", 3, shown);
}

static int work(demo *d, unsigned char *rgba)
{
    size_t n = (size_t)d->width * (size_t)d->height;
    unsigned char *gray = malloc(n), *black = malloc(n), *shown = malloc(3 * n);
    float *normal = malloc(3 * n * sizeof *normal);
    int r = gray && black && shown && normal ? gray_and_threshold(d, rgba, gray, black)
                                             : tool_broken("no memory for the pictures");
    if (r == TOOL_OK)
        r = normalize(d, rgba, normal, shown);
    free(gray);
    free(black);
    free(shown);
    free(normal);
    return r;
}

int demo_photo(demo *d)
{
    char *path = demo_path(d->data, "china.jpg");
    if (!path)
        return tool_broken("no memory for the photo");
    int r = read_file(path, &d->photo, &d->photo_bytes), channels;
    unsigned char *rgba = NULL;
    if (r == TOOL_OK) {
        rgba = stbi_load_from_memory(d->photo, (int)d->photo_bytes, &d->width, &d->height,
                                     &channels, 4);
        if (!rgba)
            r = tool_fail("%s: %s", path, stbi_failure_reason());
    }
    free(path);
    snprintf(d->picture[0].what, sizeof d->picture[0].what, "0.299 r + 0.587 g + 0.114 b");
    if (r == TOOL_OK)
        r = work(d, rgba);
    stbi_image_free(rgba);
    for (int i = 0; r == TOOL_OK && i < DEMO_PICTURES; i++)
        printf("   %s/%-15s on %-10s %s\n", d->out, d->picture[i].name, d->picture[i].device,
               d->picture[i].what);
    return r;
}
