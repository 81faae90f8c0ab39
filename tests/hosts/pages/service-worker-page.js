/** Asks a service worker that has the library. */
import { report } from "./report.js";

report(async () => {
  const registration = await navigator.serviceWorker
    .register("service-worker.js", { type: "module" })
    .catch((error) => error);
  if (registration instanceof TypeError) return { reason: `no module service workers: ${registration.message}` };
  if (registration instanceof Error) throw registration;
  const { active } = await navigator.serviceWorker.ready;
  const answer = new Promise((resolve) => {
    navigator.serviceWorker.onmessage = ({ data }) => resolve(data);
  });
  active.postMessage("run");
  const { values, error } = await answer;
  if (error) throw new Error(error);
  return values;
});
