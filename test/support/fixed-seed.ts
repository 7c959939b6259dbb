import fc from 'fast-check'

/** Properties try the same cases each time, so that a run says something about the change; LIFEBOAT_SEED tries others. */
fc.configureGlobal({ seed: Number(process.env.LIFEBOAT_SEED ?? 20_260_101) })
