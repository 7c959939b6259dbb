import { fuzzTests } from '../../../support/fuzz/fuzz-tests.ts'
import { targets } from './targets.ts'

fuzzTests({
  targetsUrl: new URL('./targets.ts', import.meta.url).href,
  targets,
  group: 'samyama',
  testFile: 'test/unit/samyama/fuzz/samyama.test.ts',
})
