/**
 * When V8 collects the garbage of the whole heap in a server; imported for its effect. Left to itself it does so whenever the heap is a
 * third larger than what lives in it: under a steady load every six seconds, and what arrives in the tenth of a second that this
 * takes is late. Here it waits for as much garbage as a server can well hold, however much or little lives.
 */
import { constants, type NodeGCPerformanceDetail, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';

const GARBAGE_BYTES = 128 * 1_024 * 1_024;
/** What V8 does by itself when little is allocated, and never more than four times what lives. */
const LEAST_PERCENT = 30;
const MOST_PERCENT = 300;

/** Of all flags one that may be set while V8 runs: it is read at the end of a collection, for the limit of the next. */
function allowGarbage(): void {
  const percent = Math.round((100 * GARBAGE_BYTES) / getHeapStatistics().used_heap_size);
  setFlagsFromString(`--heap-growing-percent=${Math.min(MOST_PERCENT, Math.max(LEAST_PERCENT, percent))}`);
}

const isMajor = (entry: PerformanceEntry): boolean =>
  (entry as PerformanceEntry & { detail: NodeGCPerformanceDetail }).detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR;

allowGarbage();
// Right after one nearly all that is left lives.
new PerformanceObserver((list) => {
  if (list.getEntries().some(isMajor)) allowGarbage();
}).observe({ type: 'gc' });
