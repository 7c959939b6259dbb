import { peakRssBytes } from './peak-rss.ts'
import { runTask, type Task } from './tasks.ts'

// A process of its own for one task, given as JSON. Prints what the reference programs print. Under `node --cpu-prof` it
// shows where the time goes.
const measurement = runTask(JSON.parse(process.argv[2] ?? '') as Task)
const peakRssMebibytes = peakRssBytes() / 1024 / 1024
console.log(JSON.stringify({ ...measurement, figures: { ...measurement.figures, peakRssMebibytes } }))
