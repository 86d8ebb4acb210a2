"""All limits, and why each is what it is: how much is computed, read, searched and shown.

Whoever keeps to a limit imports it from here; this module imports nothing.  Times are of
the machines of today.  "The catalogue" are its claims and the common mistakes, 210 together.
"""

from __future__ import annotations

# --- work ----------------------------------------------------------------------------
# One unit, a step of about a microsecond, for all that Python does; see `work`.

ALLOWANCE = 8_000_000
"""Steps that each stage of a decision may spend: some ten seconds on the machines of today.

The stages are the decision itself, deciding strides one by one where that does not suffice,
and, with a part of it each, the search for a counterexample and its re-check; the exact
condition and the differences are further questions.
"""

SEARCH_SHARE = 4
"""The part of the allowance for the search after a decision that came to nothing, and for a
re-check: a quarter, so that neither adds much to the time of a decision."""

SUFFICIENT_SHARE = 8
"""The part of the allowance for hypotheses on taps under which a refuted claim holds: an eighth,
about a second, because the verdict stands without them."""

STEPS_PER_PRODUCT = 3
"""What the product of two monomials takes."""

STEPS_PER_SUBSTITUTION = 6
"""What it takes to replace the atoms of a monomial."""

STEPS_PER_TERM = 6
"""What it takes to compare a term of a sum with others, beside its guards and factors."""

STEPS_PER_TERM_WRITTEN = 60
"""What it takes to write a term of a sum as an expression of SymPy."""

STEPS_PER_GUARD = 10
"""What it takes to compare a guard of a sum with those of another one."""

STEPS_PER_PIECE = 20
"""What one of the cases of a value takes, with its own set."""

# --- what isl does -------------------------------------------------------------------
# In the operations that isl counts.  No budget may be more than two million, up to where
# `integer_sets` measures how many were used.

OPERATIONS_PER_STEP = 8
"""So many operations take about as long as one step of work."""

FEWEST_OPERATIONS = 64
"""What every block gets, also where nothing is left: with one to three operations, isl's
`isl_set_compute_divs` was seen to end the process instead of reporting that they are used up."""

DECISION_OPERATIONS = 1_000_000
"""For a decision: about an eighth of a second.  The catalogue needs them: with 300,000, one of its
claims is not decided, and with 100,000 three."""

CONDITION_OPERATIONS = 2_000_000
"""For an exact condition, which is put shortly with them: two decisions."""

SHORTENING_OPERATIONS = 450_000
"""For all that may make a condition shorter: a part of what it may take, because a long condition
is an answer too.  With a tenth, ten conditions of the catalogue are harder to read."""

WAY_OPERATIONS = 300_000
"""For one way of putting a condition, so that the next way gets its turn.  With a tenth, three
conditions of the catalogue are harder to read."""

ATTEMPT_OPERATIONS = 100_000
"""For a question whose answer may be left open: a tenth of a decision."""

DIVISIBILITY_OPERATIONS = 100_000
"""For the question whether a number always divides a value with floors and cases: an attempt."""

STRIDE_SHARE = 4
"""The part of a decision's operations for each stride that is decided by itself: there are many,
and with numbers for the strides a claim is easier."""

NODES_SHARE = 2
"""The part of a decision's operations for the search for equal nodes where there are no functions:
half of them, as both sides as sums of products may be compared with the others."""

REPAIR_SHARE = 20
"""The part of a decision's operations for each formula that is tried as a repair: with
`MOST_REPAIRS_TRIED` of them, a search takes as much as four decisions."""

MOST_PIECES = 400
"""Cases of a length or a value: each has its own set, and together they fill the memory."""

# --- the comparison ------------------------------------------------------------------

MOST_FACTORS = 2000
"""In one product of a sum: each has a position of its own, and is copied in each further
product."""

MOST_TERMS_FACTORED = 40
"""Monomials of a size that is taken apart into its factors, by which a sum is divided: those of a
product of five sums of two are 32."""

LARGE_SIZE = 1009
"""A size at which a factor of a size is looked at, to have it positive: much more than the strides
and kernels that are subtracted from a size, and a prime."""

MOST_ORDERS_COMPARED = 720
"""Orders of equal names in one monomial, 6!: in each the set of its points is rearranged."""

MOST_ORDERS_TRIED = 24
"""Orders of equal names in which a change of indices is looked for, 4!, beyond the one that the
positions suggest: where none fits, the integer sets decide."""

FACTS_AT_FIRST = 12
"""Facts among which a contradiction is looked for first; then among twice as many, up to all."""

MOST_INTEGERS_ROUNDED = 4
"""Integers with one multiplier of which each two are compared; there are twelve such pairs."""

MOST_PRODUCTS_OF_SYMBOLS = 60
"""Products and quotients of symbols in guards that are looked at together: each is an index more
in the sets, and isl takes much longer with every index."""

MOST_MULTIPLES_COMPARED = 5
"""Multiples of one symbol that each further one is compared with: each comparison is a case
distinction in three."""

MOST_BLOCKS_TOLD_APART = 16
"""Blocks of an axis, as groups of channels, that comparisons tell apart where their size is a
symbol: each is a case for isl, and more of them take longer than deciding it number by number."""

MOST_QUOTIENTS_LEFT_OUT = 40
"""Steps in which quotients of indices are left out of a sum, of which a pixel shuffle and back
takes four; each looks at the whole sum."""

LARGEST_SIGNED = 2000
"""Symbols, floors and cases in a polynomial whose sign is looked for: a floor multiplies it by its
divisor."""

MOST_CASES_SPLIT = 4
"""Floors and cases max(0, a) that are replaced by a bound, one within the result of another: each
makes a larger polynomial of the one before."""

MOST_WAYS_TO_BE_ZERO = 100
"""Ways in which an entry of tensors side by side can be none of theirs, before it is compared as
a name: so many as eight tensors have that are padded along two axes."""

MOST_NODES_EXPANDED = 60
"""Nodes of two sides without functions that are compared at once, as sums of products; where there
are more, equal nodes are looked for first, since sums may double with each layer."""

MOST_SYMBOLS_TOGETHER = 12
"""Symbols of a claim whose nodes are compared with all of them as parameters of the sets: what isl
does, and what its sets take, grows with their number."""

MOST_NAMES_OPENED = 4
"""How often names are replaced by what they stand for, before all are: each time is one more
comparison, and what layers have in common lies at most some operators below."""

MOST_EQUALS_TRIED = 3
"""Nodes with the same values that a node is compared with: more would be coincidences, as where
all entries of many nodes are 0."""

BITS_OF_BALLS = 128
"""Bits of the middles of balls of real numbers: more than twice those of a float, so that where
balls meet, no float would tell the numbers apart."""

LONGEST_REASON = 200
"""Characters of two nodes that are named in a reason: two lines of a terminal."""

MOST_TRIALS = 60
"""Sizes that are drawn to find some at which no tensor of a network is empty; where strides are few
numbers and inputs are large enough, one of ten is such."""

MOST_TRIAL_STEPS = 400_000
"""Steps for the values of all nodes on one small input, half a second: without the values, nodes
are equal only as they are written."""

LARGEST_TRIAL_STEP = 20
"""How far a stand-in for a function that rises does so, up and down, a third of one being a step:
beyond 7 it stays where it is, so that numbers stay short in a long chain of functions."""

MOST_TRIAL_VALUES = 37
"""Of a stand-in for a function of which nothing is known: so few that numbers stay short in a long
chain of functions, and so many that few of them agree by chance."""

LONGEST_SORT_KEY = 1000
"""Characters of a polynomial as text, by which polynomials are put in order; of a longer one a
digest is taken, because nested floors and cases would double it at each level."""

STRIDES_TRIED = {1: 6, 2: 4, 3: 3}
"""Up to which number so many strides are tried, one by one: 6, 16 or 27 decisions."""

MORE_STRIDES_TRIED = 2
"""The same for more strides: 16 decisions for four of them, 32 for five."""

MOST_STRIDES_DECIDED = 300
"""Decisions for given strides in all: a counterexample with large numbers would ask for many more,
to tell whether it is the smallest."""

MOST_CASES_OF_AN_AMOUNT = 3
"""Of a formula for an unknown amount: with more cases, the condition says it better."""

LARGEST_NUMBER_OF_LAYERS_TRIED = 4
"""Where induction over the number of layers fails: each number is a decision, and the sums grow
with it."""

NUMBERS_OF_LAYERS_COMPARED = 24
"""For which a layer is held against what was read of it: it cannot ask a symbol what it is, but it
may find out in other ways, and it may look at the tensor that it gets; each number is a few calls
of it, and two claims at most."""

FAR_LAYERS_COMPARED = (31, 47, 64, 100, 255, 1000)
"""The same for some far away: a function may do something else from some number on."""

LONGEST_SIZE_COMPARED = 200
"""In names and numbers, of what such a layer gets: some sizes have twice as many cases after each
layer."""

MOST_LAYERS = 1000
"""In a stack with a number of layers: each is a few operators more."""

# --- the search for a counterexample -------------------------------------------------

MOST_DOUBTFUL_TRIED = 20
"""Lengths in doubt that are tried before costly sets are computed: a few, because isl finds each of
them by itself."""

LARGEST_TOTAL_TRIED = 12
"""The sum of the lengths up to which all are tried: up to 924 lengths of positive symbols.  All but
three of the counterexamples to the catalogue have sums up to 8."""

LARGEST_TOTAL_OF_NETWORKS = {1: 32, 2: 18}
"""The same where there are functions or maxima, by how many symbols there are: such claims are
refuted in no other way, and often fail no sooner than a window of several pools has entries."""

MOST_ADDED = 3
"""How much more than their least sum the lengths have at which a claim of many symbols is tried:
where there are more of them than the sum above, only few can be larger than the least."""

MOST_LENGTHS_TRIED = 1500
"""Lengths that are tried in all: more than positive symbols have up to that sum, so that the search
is cut short only for symbols that may be 0 or negative."""

MOST_LENGTHS_TO_SUFFICE = 6
"""Small lengths with entries at which random ones show that a hypothesis on taps does not suffice,
beside the counterexample, which sees most of them."""

# --- short descriptions of conditions ------------------------------------------------
# What is found is verified, so that these bound the time and what is found, never what is true.

MOST_GUARDS_PRUNED = 24
"""Guards in a description that is looked through for superfluous ones: one comparison of sets for
each of them."""

SHORT_ENOUGH = 13
"""What a description costs to read that is not worth another look, which takes time: two or three
comparisons."""

HOPELESS = 230
"""What one costs to read for which examples are not worth their time: in the catalogue they help
with one of 177, and not with one of 184."""

LEAST_GAIN = 8 / 7
"""How much shorter than a plain description one by examples has to be: with 1, four conditions of
the catalogue are put in other words that are no shorter; with 1.5, two are harder to read."""

MOST_GUESSES = 4
"""Of a description by examples, each with the points that show what was wrong with the last.  In
the catalogue, the first is right wherever one is."""

EXAMPLES_DRAWN = 800
"""Points from which the examples are taken, so that enough of them are left where few points are
in question."""

MOST_EXAMPLES = 320
"""Points by which conditions are told from each other: with so many a search takes a twentieth of
a second.  With a quarter of them, two conditions of the catalogue are harder to read; with four
times as many, one is."""

MOST_SAMPLES = 6
"""Points that show what is wrong with a guess, of each kind: one of each of the first pieces."""

MOST_PARTS = 60
"""Parts of a set and its complement, for examples to be tried: the descriptions are made of their
guards.  The catalogue has up to 20."""

MOST_VALUES_LISTED = 12
"""In a list of the numbers that a parameter may be: isl finds each of them by itself."""

LARGEST_MODULUS_TRIED = 12
"""Of the residues that are looked for: each modulus adds a condition for each of its residues, and
there is room for `MOST_LITERALS`."""

LARGEST_MODULUS_OF_RUNS = 4
"""Up to which every run of two residues is a condition too, and not only those that were seen."""

SMALL_BOUNDS_TRIED = 3
"""Values of each parameter, from its least one on, that conditions are made of."""

LEAST_EXAMPLE = -4
"""Where the examples of a parameter begin that has no least value: a few of them are negative."""

MOST_LITERALS = 120
"""Conditions that descriptions are made of: all of them are tried in pairs.  With half of them,
three conditions of the catalogue are harder to read; with twice as many, none is easier."""

MOST_CASES_DESCRIBED = 9
"""Cases of a description: each takes a search.  Those found for the catalogue have up to 8."""

LONGEST_CASE_DESCRIBED = 5
"""Conditions in a case: with one less, a condition of the catalogue is harder to read."""

BEAM = 24
"""Combinations that are continued, the most promising ones, from three conditions on: with two, a
condition of the catalogue is harder to read; with ten times as many, none is easier."""

# --- SymPy's expressions -------------------------------------------------------------

MOST_EXPANDED_TERMS = 500
"""Of a formula when it is expanded: two formulas of 400 terms are compared in half a second."""

MOST_CASES_OF_A_CONDITION = 20_000
"""Of a condition as a disjunction: 4,000 of them take a second, and isl gets a set for each."""

MOST_RESIDUES_CHECKED = 4096
"""Values at which a polynomial is tried, to tell whether a number always divides it: 2¹², which
takes less than half a second."""

LARGEST_WRITTEN_OUT = 4000
"""Symbols, floors and cases in a polynomial that is made an expression: nobody reads more, and
nested floors and cases may double it often."""

LARGEST_MODULUS_LISTED = 100
"""Up to which it is listed which residues fulfil a condition: each of them is looked at."""

MOST_OPERATIONS_OF_A_RANGE = 100
"""In the two ends of a range that is found for a sum over all integers: it is written down, so
that a person has to read it."""

MOST_ENDS_OF_A_RANGE = 10
"""Expressions that such an end may be the least or the largest of: it is written down too."""

DEEPEST_FORMULA = 100
"""Levels of a formula: SymPy takes a time for these that grows with their cube."""

MOST_PRODUCTS_SIMPLIFIED = 20_000
"""Products of entries in an instance of a claim: SymPy simplifies about a thousand in a second."""

# --- lengths, entries and products at fixed sizes ------------------------------------

MOST_ENTRIES = 1_000_000
"""Of a signal whose entries are computed: a layer then takes about a second."""

MOST_VARIABLES = 5000
"""Of the polynomials that entries are: each variable has an exponent for every one, so that their
number squared is memory, 200 megabytes."""

MOST_BITS_OF_A_POWER = 100_000
"""Of a number to a power: 30,000 digits, more than anybody reads."""

MOST_DOUBLES = 2**28
"""That a reading in double precision holds at once: two gigabytes.  A ResNet-152 has 60 million
weights, of which each is held as long as its layer is computed."""

MOST_DOUBLE_STEPS = 200_000_000_000
"""Doubles that are multiplied or moved in such a reading: ten seconds of products of matrices, some
minutes of sums.  A ResNet-152 on an image takes 11.5 milliard."""

DOUBLES_PER_STEP = 2000
"""So many take about as long as one step of work: sums take 500, products of matrices 20,000."""

DOUBLES_PER_CALL = 200
"""As many as NumPy sums in the time that a call of it takes, whatever the sizes of its arrays."""

DOUBLES_AT_ONCE = 2**15
"""Of an array on which a function in several steps is computed part by part: what is between them
stays near the processor."""

MOST_COLUMNS = 2**20
"""Doubles that are copied at once for a convolution as a product of matrices, eight megabytes; one
row of outputs at least.  A quarter of that is a twentieth faster where nothing else runs, and four
times slower where the threads of four times as many products wait for others."""

TERMS_OF_ERF = 12
"""Of the error function around points that are a sixteenth apart: with ten terms the next one would
be below the last place already."""

STEPS_PER_POINT = 20
"""What it takes to read an expression in indices at one of them, as a tree."""

LARGEST_FACTOR = 2**31
"""Of integers that are multiplied as 64-bit ones: their products have no more bits."""

MOST_PHASES = 64
"""Phases of a signal, and terms of a pool: each is an operator that is written out."""

LARGEST_UNEVEN_POOL = 12
"""Of an average that does not count the padding: it has as many cases as entries."""


MOST_VALUES_TOLD_APART = 4
"""Values of an integer that a sum runs over, which a certificate looks at one by one."""

# --- texts that are typed ------------------------------------------------------------
# They bound the time that a text takes before it is known what it says.  What is in the catalogue
# is far below most of them: its longest claim has about 1,200 characters as it is printed.

MOST_CHARACTERS = 4_000
"""Of a claim or a formula: a page and a half."""

MOST_TOKENS = 1_000
"""Names, numbers and signs of a claim or a formula: a few more than the longest of the catalogue
has as it is printed, some 800."""

MOST_DIGITS = 9
"""Of a number: a thousand times the entries that any signal may have."""

LONGEST_NAME = 40
"""Characters of a name of a signal or a symbol; of a longer word an error shows so many."""

DEEPEST_BRACKETS = 30
"""Brackets in each other: far below Python's own parser, which refuses 200."""

DEEPEST_TREE = 80
"""Levels of an expression: the readers call themselves at each level, several functions deep, and
Python allows a thousand calls in each other."""

MOST_PREFIXES = 8
"""Signs, powers and `not` in a row: each is a level of the expression without brackets."""

LARGEST_EXPONENT = 9
"""That is typed: powers are multiplied out."""

MOST_MONOMIALS = 200
"""Of an expression once it is multiplied out, before like ones are put together: (a + b)⁷ has
128."""

LARGEST_DEGREE = 24
"""Of an expression once it is multiplied out: exponents multiply in powers of powers."""

MOST_AXES = 8
"""Of a tensor that is typed: videos in batches have five, and their patches eight; each is an index
of the sets that decide a claim."""

LONGEST_PATTERN = 200
"""Characters of a pattern for rearranging axes, which people write by hand."""

MOST_CHOICES = 24
"""Arguments of max, min, abs and % in an expression: each is a case distinction.  Twelve maxima of
two take a third of a second."""

DEEPEST_CHOICES = 8
"""Such functions, and floors, within each other: the cases may double at each level."""

MOST_CALLS = 120
"""Of functions and methods in an expression: each may be an operator, with a reading of its own."""

MOST_SUMS = 4
"""In a formula: each is an index more in the sets that decide it."""

LARGEST_END = 60
"""The numbers in the ends of a sum: each term of it is looked at."""

MOST_ENTRIES_TYPED = 24
"""Entries of signals in a formula: each is a factor or a term."""

MOST_COMPARISONS = 8
"""In a formula: each may double the cases."""

MOST_ROUNDED = 8
"""Floors and cases in a formula: each may double the cases."""

MOST_CHARACTERS_IN_FILE = 200_000
"""Of a file of claims: fifty of the longest claims, or `MOST_CLAIMS_IN_FILE` of 400 characters."""

MOST_CLAIMS_IN_FILE = 500
"""Of a file: each is decided, shown and kept."""

MOST_STEPS_IN_FILE = 200
"""Formulas of the derivations in a file: each is decided against the one before it."""

MOST_ENDS_TRIED = 12
"""Commas and words behind which the reason of a step may begin: before each, a formula is read."""

MOST_BYTES_OF_FILE = 1_000_000
"""Of a file that the command reads: with the most characters, of four bytes at most, a file is
smaller; what is larger is not read at all."""

# --- networks in files ---------------------------------------------------------------

MOST_BYTES_OF_NETWORK = 2**31 - 1
"""Of an ONNX file: protobuf, in which it is written, has no larger messages."""

MOST_NODES_OF_NETWORK = 30_000
"""Of an ONNX file, with those of the functions that it calls: the largest networks of exporters
have some thousands, and a small file may call functions that call functions."""

DEEPEST_FUNCTION = 20
"""Functions of an ONNX file that are called within each other: those of exporters are four deep."""

OLDEST_OPSET = 9
"""Of the operators of ONNX: in 2018 it was the newest, and older files are converted by ONNX."""

NEWEST_OPSET = 28
"""Of the operators of ONNX: what they mean is read from their specification up to this one."""

MOST_SIZES_CALCULATED = 10_000
"""Entries of an array of integers in a network, as a shape, or positions: each is an object."""

MOST_ENTRIES_OF_CONSTANT = 1_000_000
"""Of an array that is computed from constants of a file: it may have as many as they have, so that
the memory is that of the file, and a small file has not enough for each mask."""

LARGEST_DENOMINATOR_OF_FLOAT = 100
"""Of a fraction that is meant by a float of a file: 3,000 fractions between 0 and 1 have one up to
it, so that one float in 5,000 is next to one by chance."""

FARTHEST_POSITION = 2**31 - 1
"""Where a slice of a network goes to the end of an axis, whatever its size: exporters write this
number, or a larger one."""

# --- what is shown -------------------------------------------------------------------

LONGEST_SIGNAL_SHOWN = 4000
"""Characters of a signal as text: as many as may be typed; of a longer one a part is left out."""

LONGEST_CONDITION_SHOWN = 240
"""Characters of a condition in a sentence: three lines of a terminal, which are still read."""

MOST_ENTRIES_SHOWN = 64
"""Of a list: some three lines of a terminal; of a longer one the two ends are shown."""

MOST_FILLED_SHOWN = 8
"""Entries other than 0 that are told by their places, where a tensor has too many to show all."""

MOST_PARTS_OF_A_NEED_SHOWN = 6
"""Products that are written of what an output needs of an unknown: a line has room for few."""

MOST_LEFT_SHOWN = 4
"""Numbers without an answer that are listed, of those that were tried: half a line."""

MOST_DIGITS_SHOWN = 40
"""Of a number: half a line; of a longer one the two ends are shown."""

MOST_DIGITS_PYTHON_WRITES = 4000
"""Of a number: Python refuses to write more than 4,300."""

LARGEST_EXACT_NUMBER = 2**53
"""In a record as a number: readers that keep numbers as doubles, such as JavaScript's, round what
is larger, so that it is text."""

WIDEST_TEXT = 96
"""Columns of sentences and tables in a terminal: longer lines are hard to read."""

MARGIN_OF_PROGRESS = 14
"""Columns beside what is done: the spinner, and the time up to hours."""

WIDEST_PIECE_SHOWN = 72
"""Characters of a line in an error: it fits in a terminal of 80 with what stands before it."""

MOST_TERMS_SHOWN = 8
"""Terms that are missing or surplus in a step of a derivation: a line of them."""

LONGEST_ANSWER_SHOWN = 400
"""Characters of an answer in a message: enough to recognise it; the student has the whole."""

MOST_CELLS = 40
"""The longest row that is legible on a page."""

WIDEST_PICTURE = 1600
"""The widest picture that is legible on a page, in pixels."""

MOST_LINES = 400
"""The most lines that can be told apart in a picture."""

MOST_LABELS = 120
"""On the lines between two rows: to find places for so many takes a third of a second, and for half
as many a sixth of that."""

MOST_CELLS_OF_A_PAGE = 1200
"""Of a page to play with: more cannot be looked at, nor drawn anew while a slider is dragged."""

MOST_CELLS_AT_FIRST = 320
"""Of a page to play with, at the sizes that it begins with: they are seen without scrolling far."""

MOST_SIZES_TRIED_FOR_A_PAGE = 200
"""To begin with on a page to play with: half a second at most, for claims with many nodes."""

MOST_OUTPUTS_NAMED = 12
"""Below a picture, one by one: a line of them."""

MOST_PICTURE_SENTENCES = 40
"""That say what a picture shows, for those who do not see it: all of them are read aloud."""

MOST_TAPS_DRAWN = 200
"""Of a kernel, or in a grid: 64 weights of three by three are more than anybody looks at, and 20
are not."""

MOST_TERMS_OF_TAP = 6
"""Below each other in a cell: what is longer is a formula, and not a picture."""

# --- teaching ------------------------------------------------------------------------

MOST_ENTRIES_OF_ANSWER = 300
"""Of a list of numbers that is an answer: each is a tap, a term of what is decided."""

MOST_EXPONENTS_TRIED = 8
"""Values of L where powers such as 2^L are compared: what differs, differs at the first ones."""

MOST_REPAIRS_TRIED = 80
"""Formulas that are tried as a repair: each is a small decision."""

MOST_REPAIR_WEIGHT = 2400
"""How much they may weigh together, so that fewer are tried where each takes long: from 30 entries
or 6 nested sums on."""

MOST_REPAIRS_UNDECIDED = 2
"""Of them that may remain undecided: each of these takes all that it may take."""

FEWEST_RULED_LINES = 4
"""For a solution by hand, also where the typed one is a single line."""

MOST_RULED_LINES = 16
"""For a solution by hand: half a page."""

MOST_BYTES_OF_A_PICTURE = 2 * 10**6
"""Of a file that a notebook's text shows: it becomes a part of each page and notebook."""

MOST_CHARACTERS_OF_A_LEAD = 180
"""A paragraph that says what comes next and stays on its page: it takes two lines at most."""

MOST_CHARACTERS_OF_A_QUESTION = 700
"""A paragraph that stays on the page on which the room for its answer begins: seven lines."""

MOST_CHARACTERS_UNBROKEN = 30
"""A formula within a line that is longer may be too wide for what is left of a phone's line."""

SECONDS_FOR_CELL = 60
"""That a cell of a notebook may run, so that one without an end ends."""

MOST_BYTES_BESIDE_NOTEBOOK = 100_000_000
"""Of the files beside a notebook: they are copied for each run."""

# --- networks of other frameworks ----------------------------------------------------

MOST_ENTRIES_RUN = 2**23
"""Of the inputs of a network that is itself run on zeros, to see whether it refuses their sizes:
an image of 1024 by 2048. What it computes on the way is some fifty times as large."""

MOST_ENTRIES_OF_FORMULA = 25
"""Of a tensor of numbers that is read as a formula with a case for each: as many as a kernel of
five by five has."""

LARGEST_DENOMINATOR_WRITTEN = 1000
"""Of the entries of such a tensor: binomial filters are divided by 256, and of fifty random
numbers in single precision one has a denominator as small."""

# --- the command ---------------------------------------------------------------------

LONGEST_TIMEOUT = 1_000_000
"""Seconds that may be allowed, eleven days: timers have a largest number, and it is not the same
everywhere."""

SECONDS_TO_END = 5
"""That a process may take to end after its last answer: its exit code says how it has ended."""

MOST_DIGITS_OF_TAP = 1000
"""Of the numerator, and of the denominator, of a tap in the command: far below what Python refuses
to read, 4,300."""

LONGEST_SYMBOL_OF_TAP = 100
"""Characters of a tap in the command that is a symbol: it stands in each term of the verdict."""

LONGEST_FILE_NAME = 200
"""Characters in the name of a certificate: file systems allow 255, and Rocq writes files whose
names are longer than that of what it reads."""

LONGEST_LAYERS_IN_A_FILE_NAME = 60
"""Characters of the layers in the name of a certificate, which the index tells in full."""

MOST_AXES_OF_AN_UNKNOWN = 5
"""Of an unknown whose shape is not given: as many as the weights of a layer in three dimensions."""

MOST_UNKNOWNS_WITHOUT_SHAPES = 4
"""The right side is made for each number of axes of each of them: 625 times for four."""

LARGEST_UNKNOWN_TRIED = 40
"""Taps of a kernel of unknown length, where it is shown that there is none: at the small sizes that
are tried the lengths of both sides leave a few numbers below.  That there are none above is asked
of integer sets."""

MOST_EQUATIONS_OF_A_KERNEL = 3000
"""For its entries, where it is shown that there is none: each new one is put into all others."""

MOST_READINGS_TRIED = 6
"""Kernels that are read off in different ways, where one of them after the other is tried."""

LARGE_SIZE = 10**6
"""The size for which two ways to compute the same are compared by their multiplications: so large
that what is padded does not count."""

MOST_LAYERS_JOINED = 16
"""Layers in a row of a network that are joined one by one, which takes a proof for each number of
them; of more, all together or each alone."""

MOST_DIVISORS_TRIED = 100_000
"""How many numbers are tried as factors of a product of sizes.

The input of a linear layer has some hundred thousand entries, so that this is far more than enough.
"""

MOST_KERNELS_TRIED_ALONE = 4
"""Kernels beside each other that read the same input, of which one after the other is asked for."""

MOST_SEGMENTS_TRIED = 8
"""Segments of one network that are compared with one of the other, where several read the same."""

MOST_SIZES_EVALUATED = 40
"""Sizes at which networks are computed in numbers, to find the smallest at which they differ: with
three symbols, all of whose sum is 6 or less."""

LARGER_SIZES_EVALUATED = (4, 9, 16)
"""By how much all sizes are larger than the smallest ones, where these show no difference: kernels
that are dilated or turned make none in images of one entry."""

FEWEST_SIZES_EVALUATED = 12
"""Sizes at which segments are computed, however long it takes."""

FEWEST_EVALUATED = 3
"""Sizes at which whole networks are computed, however long it takes; each may take seconds."""

WORK_OF_A_LONG_SEARCH = ALLOWANCE // 2
"""Steps after which no further sizes are tried."""

MOST_WORK_OF_A_SEARCH = 40 * ALLOWANCE
"""For a few sizes of the largest networks, of which one takes nearly an allowance each time."""

LENGTH_WITH_A_MIDDLE = 24
"""How long outputs are where it is asked whether they differ at their ends alone: a quarter of
that, on either side, is what kernels of 13 entries reach beyond an end."""

LARGEST_ROUNDING_TRIED = 1e-13
"""By how much of itself each number is moved, to see what rounding may do: a thousand times what
double precision rounds, and more than a sum of some thousand terms gathers."""

TOLERANCE_IN_ROUNDINGS = 16.8
"""How far weights may be from what they have to be, in units of the precision of their numbers.

2e-6 in single precision, where folding batch norms was seen to move tensors by at most 1.5e-7 of
their largest entry, and an eps of 1e-6 in the place of 1e-5 by 6e-5 and more.
"""

MOST_LAYERS_SHOWN = 12
"""Lines about layers in the text of a comparison; its report has them all."""

MOST_CASES_OF_SIZES = 24
"""Cases into which the sizes that a network takes fall, where a product of them is a number."""

NEARNESS_OF_OTHER_WEIGHTS = 1e-5
"""Relative to their largest entry, by how much weights may differ from what they are called, as
flipped ones: more than single precision rounds, and less than random numbers would."""

ENTRIES_THAT_TELL_APART = 32
"""Of a weight, so many are looked at first; weights that agree in them are compared whole."""

LEAST_TIMES_ROUNDING = 10
"""How many times larger a difference of outputs has to be than what rounding may do to them."""

WORK_OF_A_COMPARISON = 20 * ALLOWANCE
"""For all segments of two networks; each has the allowance of a decision at most."""

STEPS_OF_AN_ATOM = 80
"""What it takes to write one part of a term with other indices, and to simplify that."""

MOST_PARTS = 30
"""Parts of an exercise: more than a sheet has."""

MOST_TYPICAL_ANSWERS = 100
"""Typical mistakes of one part; each answer that is wrong is compared with all of them."""

MOST_POINTS = 1000
"""Points for a part."""

MOST_VALUES_OF_VARIANT = 1000
"""Values of one parameter of an exercise."""

MOST_VARIANTS_CHECKED = 24
"""Variants of which it is checked that the answers in the file are what they are said to be."""

LARGEST_SHIFT = 3
"""Places by which the entries of an answer are moved, to see whether it is right then."""

SHORTEST_LONG_SIZE = 8
"""Where nothing else is said, an answer counts as nearly right if it is right for sizes from here
on: what fails at small ones alone."""

MOST_ANSWERS_IN_FILE = 20_000
"""Students in a file of answers: more than any course has."""

MOST_BYTES_OF_ANSWERS = 20_000_000
"""A thousand bytes for each of them."""

SECONDS_FOR_ANSWER = 60
"""After which the answer of one of many students is given up, where no other limit is given."""

MOST_PROCESSES = 8
"""That grade answers at the same time, each of which takes some 200 MB."""

MOST_NAMED_IN_SUMMARY = 12
"""Answers to be looked at that a summary names; the results have all of them."""
