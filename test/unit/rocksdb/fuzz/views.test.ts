import { fuzzTests } from '../../../support/fuzz/fuzz-tests.ts'
import { expectedFailures } from './expected-failures.ts'
import { targets } from './targets.ts'

fuzzTests({
  targetsUrl: new URL('./targets.ts', import.meta.url).href,
  targets,
  group: 'views',
  testFile: 'test/unit/rocksdb/fuzz/views.test.ts',
  expectedFailures,
})
