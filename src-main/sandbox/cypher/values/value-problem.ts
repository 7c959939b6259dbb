/** Why an operation or a function has no value: whoever knows its place in the query adds it. */
export class ValueProblem extends Error {
  override readonly name = 'ValueProblem'
}
