/** How the pods of a service take turns: each of Istio's simple load balancers, told from the others by what it does. */
import { binomialBounds } from "../chance.ts";
import type { Demo, Stage } from "../demo.ts";
import { manifestText } from "../helpers.ts";

/** One after the other: so many requests, to see who is next. */
const IN_TURN = 60;

/** By so many clients at once, with a slow pod. */
const CLIENTS = 12;
const REQUESTS_EACH = 30;
const AT_ONCE = CLIENTS * REQUESTS_EACH;
const SLOW_POD = "reviews-v3";
const DELAY = 300;

/** What each of three pods gets of so many, if chance alone decides. */
const THIRD = binomialBounds(AT_ONCE, 1 / 3);

export const loadBalancing: Demo = {
  name: "load-balancing",
  capability: "Load balancing over the pods of a service: ROUND_ROBIN, LEAST_REQUEST, RANDOM",
  by: "Envoy",
  // Each worker has turns of its own.
  bookinfo: { envoy: { workers: 1 } },
  async run(stage) {
    const roundRobin = await manifestText("load-balancing");
    stage.say(`${IN_TURN} requests one by one:`);
    const turns = await inTurn(stage);
    stage.check("ROUND_ROBIN: pods that the first three get", new Set(turns.slice(0, 3)).size, 3);
    const outOfTurn = turns.filter((pod, index) => pod !== turns[index % 3]).length;
    stage.check("ROUND_ROBIN: later ones that are out of turn", outOfTurn, 0);

    await stage.apply(roundRobin.replace("simple: ROUND_ROBIN", "simple: LEAST_REQUEST"));
    stage.say(`${AT_ONCE} requests by ${CLIENTS} clients at once, while ${SLOW_POD} is slow:`);
    const few = await toSlowPod(stage);
    const { least, most } = THIRD;
    stage.checkThat(`LEAST_REQUEST: the slow pod gets fewer than by chance, under ${least}`, few < least, String(few));

    await stage.apply(roundRobin.replace("simple: ROUND_ROBIN", "simple: RANDOM"));
    stage.say("Both, one after the other:");
    const again = repetitions(await inTurn(stage));
    stage.checkThat("RANDOM: requests that get the pod of the one before", again > 0, String(again));
    const slow = await toSlowPod(stage);
    const isThird = least <= slow && slow <= most;
    stage.checkThat(`RANDOM: the slow pod gets a third by chance, ${least} to ${most}`, isThird, String(slow));
  },
};

/** The pods that answered one request after the other. */
async function inTurn(stage: Stage): Promise<(string | undefined)[]> {
  const pods = [];
  for (let sent = 0; sent < IN_TURN; sent += 1) pods.push((await stage.send("productpage")).pod);
  return pods;
}

/** How many of the requests of several clients the slow pod got. */
async function toSlowPod(stage: Stage): Promise<number> {
  for (const pod of stage.bookinfo.pods[SLOW_POD]) pod.fault = { delay: DELAY };
  let slow = 0;
  const client = async () => {
    for (let sent = 0; sent < REQUESTS_EACH; sent += 1) {
      if ((await stage.send("productpage")).pod === SLOW_POD) slow += 1;
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  for (const pod of stage.bookinfo.pods[SLOW_POD]) pod.fault = {};
  return slow;
}

function repetitions(pods: readonly unknown[]): number {
  return pods.filter((pod, index) => index > 0 && pod === pods[index - 1]).length;
}
