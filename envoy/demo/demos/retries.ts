/** Requests that fail are sent again, to other pods; those who call notice nothing. */
import type { Fault, ServiceName, WorkloadName } from "../../bookinfo/index.ts";
import type { Demo, Reply, Stage } from "../demo.ts";

const REQUESTS = 12;

export const retries: Demo = {
  name: "retries",
  capability: "Retries: errors, resets, slow answers (time-out of a try), pods that do not listen",
  by: "Envoy",
  // With several workers each has turns of its own.
  bookinfo: { replicas: { "ratings-v1": 2 }, envoy: { workers: 1 } },
  async run(stage) {
    stage.say("v1 and v2 answer 503: each request finds v3, and none asks a pod twice.");
    await healthyPodAnswers(stage, { status: 503 });
    stage.say("They break connections off.");
    await healthyPodAnswers(stage, { reset: true });
    stage.say("They take 30 seconds, and a try has two.");
    await healthyPodAnswers(stage, { delay: 30_000 });

    stage.say("All pods answer 503: there is an end of it.");
    const hopeless = await withFault(stage, ["reviews-v1", "reviews-v2", "reviews-v3"], { status: 503 }, () =>
      stage.send("productpage"),
    );
    stage.check("the client gets", hopeless.status, 503);
    stage.check("after one try and three more", triesOf(stage, hopeless).length, 4);
    stage.say("details has no VirtualService: the mesh's own two retries are not for errors of applications.");
    const details = await withFault(stage, ["details-v1"], { status: 503 }, () =>
      stage.send("productpage", { service: "details" }),
    );
    stage.check("tries", triesOf(stage, details, "details").length, 1);

    stage.say("One of two pods of ratings stops: nothing listens where it was.");
    await stage.bookinfo.pods["ratings-v1"][0]?.stop();
    const ratings = await Promise.all(
      Array.from({ length: REQUESTS }, () => stage.send("productpage", { service: "ratings" })),
    );
    stage.check("clients get", [...new Set(ratings.map(({ status }) => status))], [200]);
  },
};

/** Two of three pods have a fault, and clients get the answer of the third. */
async function healthyPodAnswers(stage: Stage, fault: Fault): Promise<void> {
  const replies = await withFault(stage, ["reviews-v1", "reviews-v2"], fault, () =>
    Promise.all(Array.from({ length: REQUESTS }, () => stage.send("productpage"))),
  );
  stage.check("clients get", [...new Set(replies.map(({ status, pod }) => `${status} ${pod}`))], ["200 reviews-v3"]);
  const tries = replies.map((reply) => triesOf(stage, reply));
  const again = tries.filter((pods) => pods.length > 1).length;
  stage.checkThat("requests that needed more than one try", again > 0, `${again} of ${REQUESTS}`);
  stage.check("requests that asked a pod twice", tries.filter((pods) => new Set(pods).size < pods.length).length, 0);
}

async function withFault<T>(
  { bookinfo }: Stage,
  workloads: WorkloadName[],
  fault: Fault,
  send: () => Promise<T>,
): Promise<T> {
  const pods = workloads.flatMap((workload) => bookinfo.pods[workload]);
  for (const pod of pods) pod.fault = fault;
  try {
    return await send();
  } finally {
    for (const pod of pods) pod.fault = {};
  }
}

/** The pods of a service that got a request, once for each try; reviews asks ratings under the same id. */
function triesOf({ bookinfo }: Stage, { id }: Reply, service: ServiceName = "reviews"): string[] {
  const pods = Object.values(bookinfo.pods).flat();
  return pods
    .filter((pod) => pod.service === service)
    .flatMap(({ name, requests }) =>
      requests.flatMap(({ headers }) => (headers.some(([, value]) => value === id) ? name : [])),
    );
}
