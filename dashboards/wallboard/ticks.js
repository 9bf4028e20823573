// Round numbers and round times between two ends, for the scales of a chart.

const MINUTE = 60_000;
const TIMES = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440].map((minutes) => minutes * MINUTE);
const SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 432000];
const WANTED = 4;

export function valueTicks(low, high, unit) {
  const least = (high - low) / WANTED;
  const step = (unit === "seconds" && SECONDS.find((one) => one >= least)) || decimal(least);
  return multiples(low, high, step);
}

export function timeTicks(from, until, most) {
  const least = (until - from) / most;
  return multiples(from, until, TIMES.find((one) => one >= least) || Math.ceil(least / TIMES[TIMES.length - 1]) * TIMES[TIMES.length - 1]);
}

// 1, 2 or 5 times a power of ten.
function decimal(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= least * 0.999);
}

function multiples(low, high, step) {
  const found = [];
  for (let count = Math.ceil(low / step); count * step <= high; count += 1) found.push(Number((count * step).toPrecision(12)));
  return found;
}
