# SPDX-License-Identifier: Apache-2.0
# docs/accuracy.md from bench/results/accuracy (bench/accuracy.sh).

# What stands behind the key on this line.
function value(line) {
    sub(/^[^:]*: */, "", line)
    sub(/,$/, "", line)
    gsub(/"/, "", line)
    return line
}

function end_of_file() {
    if (name == "")
        return
    # Targets with the same hash, and those with another.
    same = ""
    for (i = 1; i <= n; i++)
        same = same (i > 1 ? ", " : "") target[i] (hashes[i] == hash ? "" : " **differs**")
    line = "| " name " | "
    if (inputs == "")
        line = line "| | | | |"
    else
        line = line (inputs == "4294967296" ? "all 2^32" : inputs " tuples") " | " sprintf("%.4f", worst) " | " (bound < 0 ? "its steps" : bound) " | " \
            wrong " | " (at == "" ? "" : "`" at "`") " |"
    line = line " `" hash "` | " same " |"
    if (inputs == "4294967296" || inputs == "")
        unary[++n_unary] = line
    else
        tuples[++n_tuples] = line
}

FNR == 1 { end_of_file(); name = inputs = worst = at = bound = wrong = hash = ""; n = 0 }
/^  "operation":/ { name = value($0) }
/^  "inputs":/ { inputs = value($0) }
/^  "bound":/ { bound = value($0) }
/^  "max_ulp":/ { worst = value($0) }
/^  "at":/ { at = value($0) }
/^  "not_rounded":/ { wrong = value($0) }
/^  "hash":/ { hash = value($0) }
/^    "[^"]*": [{]/ {
    split($0, part, "\"")
    target[++n] = part[2]
    hashes[n] = part[6]
    devices[part[2]] = part[10]
}

END {
    end_of_file()
    print "<!-- Generated from bench/results/accuracy by `cmake --build build --target generate`. -->"
    print "# Accuracy"
    print ""
    print "The largest error of the elementwise operations over f32, in ulp of the correctly rounded result, at the"
    print "default attributes. *Not rounded* counts the results that are not the correctly rounded ones; *at* is where"
    print "the error is largest, the first such input. *Its steps*: the operation is stated as steps that are each"
    print "rounded (docs/operations.md), and its results are those."
    print ""
    print "`bench/prove.sh` finds all this, and goes on where it was stopped. Every result is compared with the truth in"
    print "double, computed by vectors (glibc's libmvec where there is one, within 4 ulp of a double, 2^-27 ulp of a"
    print "float). Whatever is within 0.001 ulp of the largest error found so far, and whatever is not counted in ulp (a"
    print "NaN, an infinity or the sign of a zero where they do not belong), is looked at again in long double, or by"
    print "MPFR; an error below 0.499 ulp counts as none. One input in 4096 is looked at again whatever it is: the run fails where the truth in double is off by"
    print "more than 0.0001 ulp there. So the largest error is exact, and no input is left out."
    print ""
    print "The hash is a sum over the results of all inputs, a NaN counting as one value (bench/hash.h). Two targets with"
    print "the same hash gave the same bits: one judgement then counts for both. Tests renew the hash of every 997th"
    print "result, on the best instruction set of the machine, in a full run on all targets, on NEON under qemu, and compare"
    print "it with the committed one: after a change of a formula they fail until `bench/prove.sh NAME` has run again."
    print ""
    header = " | inputs | largest error | stated bound | not rounded | at | hash | same bits on |\n| --- | --- | --- | --- | --- | --- | --- | --- |"
    print "## Of one input"
    print ""
    print "| operation" header
    for (i = 1; i <= n_unary; i++)
        print unary[i]
    if (n_tuples) {
        print ""
        print "## Of several"
        print ""
        print "The tuples are random and directed ones (bench/ulp_inputs.c), the same in every run."
        print ""
        print "| operation" header
        for (i = 1; i <= n_tuples; i++)
            print tuples[i]
    }
    print ""
    print "## Targets"
    print ""
    print "| target | as measured |"
    print "| --- | --- |"
    split("scalar avx2 avx512 neon", order, " ")
    for (i = 1; i in order; i++)
        if (order[i] in devices) {
            print "| " order[i] " | " devices[order[i]] " |"
            delete devices[order[i]]
        }
    while (1) {
        least = ""
        for (d in devices)
            if (least == "" || d < least)
                least = d
        if (least == "")
            break
        print "| " least " | " devices[least] " |"
        delete devices[least]
    }
}
