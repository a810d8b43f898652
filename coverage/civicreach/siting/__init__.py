"""Where to build, what to merge, in which order, and how sure the answer is.

A question (`locate`: MCLP, backup cover, LSCP, p-median, p-center, beds) becomes arrays (`problem`, `rules`) and a kind
of value (`question`). `answer` gives it to the fast engine that knows all its rules (`cover`, `median`, `center`,
`set_cover`, `room_search`) or, with any rules together, to the solver (`model`, `solve`), and `build` makes a
`SitingPlan` of it, whose objective is counted anew from the reach (`recount`). `prices` says what each rule costs,
`conflicts` why rules leave no plan, `choice` what helps to choose.
"""
