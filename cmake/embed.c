// SPDX-License-Identifier: Apache-2.0
//
// Writes files as C arrays, at build time:
//   embed text NAME OUT ROOT FILE...   const char NAME[]: the files one after the other, each
//                                      `#include "x"` replaced by the file x, once; x is looked up
//                                      beside the including file, in ROOT and in kernels/formula
//   embed words NAME OUT ROOT FILE     const uint32_t NAME[], const size_t NAME_words: SPIR-V
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_FILES = 256, MAX_PATH = 1024, MAX_LINE = 4096 };

static char seen[MAX_FILES][MAX_PATH];
static int n_seen;

static void fail(const char *what, const char *name)
{
    fprintf(stderr, "embed: %s: %s\n", what, name);
    exit(1);
}

// Opens FOLDER/PART/NAME and leaves its path in `path`; NULL if there is none.
static FILE *try_open(const char *folder, int length, const char *part, const char *name,
                      char *path)
{
    int n = snprintf(path, MAX_PATH, "%.*s/%s%s", length, folder, part, name);
    if (n < 0 || n >= MAX_PATH)
        fail("path too long", name);
    return fopen(path, "rb");
}

static FILE *open_include(const char *from, const char *root, const char *name, char *path)
{
    const char *slash = strrchr(from, '/');
    FILE *f = try_open(from, slash ? (int)(slash - from) : 0, "", name, path);
    if (!f)
        f = try_open(root, MAX_PATH, "", name, path);
    if (!f)
        f = try_open(root, MAX_PATH, "kernels/formula/", name, path);
    if (!f)
        fail("no such include", name);
    return f;
}

static void put_line(FILE *out, const char *line)
{
    fputc('"', out);
    for (const char *c = line; *c && *c != '\n' && *c != '\r'; c++) {
        if (*c == '"' || *c == '\\')
            fputc('\\', out);
        if (*c == '\t')
            fputs("\\t", out);
        else
            fputc(*c, out);
    }
    fputs("\\n\"\n", out);
}

static void put_text(FILE *out, FILE *in, const char *path, const char *root)
{
    char line[MAX_LINE], name[MAX_PATH];
    while (fgets(line, sizeof line, in)) {
        if (sscanf(line, " #include \"%1000[^\"]\"", name) != 1) {
            put_line(out, line);
            continue;
        }
        char found[MAX_PATH];
        FILE *f = open_include(path, root, name, found);
        int known = 0;
        for (int i = 0; i < n_seen; i++)
            known |= !strcmp(seen[i], found);
        if (!known) {
            if (n_seen == MAX_FILES)
                fail("too many includes", found);
            strcpy(seen[n_seen++], found);
            put_text(out, f, found, root);
        }
        fclose(f);
    }
}

static void put_words(FILE *out, FILE *in, const char *name)
{
    uint32_t word;
    size_t n = 0;
    fprintf(out, "const uint32_t %s[] = {", name);
    for (; fread(&word, sizeof word, 1, in) == 1; n++)
        fprintf(out, "%s0x%08x,", n % 8 ? "" : "\n", word);
    fprintf(out, "\n};\nconst size_t %s_words = %zu;\n", name, n);
}

int main(int argc, char **argv)
{
    if (argc < 6)
        fail("usage", "embed text|words NAME OUT ROOT FILE...");
    FILE *out = fopen(argv[3], "wb");
    if (!out)
        fail("cannot write", argv[3]);
    int words = !strcmp(argv[1], "words");
    fprintf(out, "// Generated at build time.\n#include <stddef.h>\n#include <stdint.h>\n");
    fprintf(out,
            words ? "extern const uint32_t %s[];\nextern const size_t %s_words;\n"
                  : "extern const char %s[];\nconst char %s[] =\n",
            argv[2], argv[2]);
    for (int i = 5; i < argc; i++) {
        FILE *in = fopen(argv[i], "rb");
        if (!in)
            fail("cannot read", argv[i]);
        if (words)
            put_words(out, in, argv[2]);
        else
            put_text(out, in, argv[i], argv[4]);
        fclose(in);
    }
    if (!words)
        fputs(";\n", out);
    if (fclose(out) != 0)
        fail("cannot write", argv[3]);
    return 0;
}
