// Draws Vega-Lite definitions into the page. A chart is either
//   <div data-chart-src="/lead-times/arrivals.json"></div>                       fetched from this site, or
//   <div data-chart="gap" data-chart-spec="{…}"></div>                           in the page, also one swapped in later
//   (an answer of htmx loses its script elements), or with a <script type="application/json" id="gap"> beside it.
// The host must not carry the class "chart": that one colours hand-drawn charts.
// Needs vega.js (window.vegaEmbed) before it. Works under Content-Security-Policy default-src 'self':
// expressions are interpreted (ast), no style sheet is injected, no style attribute is written.
const COLOUR = /^var\((--[\w-]+)\)$/;
const drawn = new Map(); // host → { spec, view }

// What a custom property comes to here and now: light-dark() and var() are resolved by a probe inside the host.
function looks(host) {
  const probe = document.createElement("span");
  probe.hidden = true;
  host.append(probe);
  const style = getComputedStyle(probe);
  const resolve = (name) => {
    if (name === "--font") {
      probe.style.fontFamily = "var(--font)";
      return style.fontFamily;
    }
    probe.style.color = `var(${name})`;
    return style.color;
  };
  return { resolve, done: () => probe.remove() };
}

function dressed(part, resolve) {
  if (typeof part === "string") {
    const name = COLOUR.exec(part)?.[1];
    return name ? resolve(name) : part;
  }
  if (Array.isArray(part)) return part.map((each) => dressed(each, resolve));
  if (part && typeof part === "object") {
    return Object.fromEntries(Object.entries(part).map(([key, each]) => [key, dressed(each, resolve)]));
  }
  return part;
}

async function definition(host) {
  if (host.dataset.chartSrc) {
    const answer = await fetch(host.dataset.chartSrc, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`${host.dataset.chartSrc}: ${answer.status}`);
    return answer.json();
  }
  return JSON.parse(host.dataset.chartSpec ?? document.getElementById(host.dataset.chart).textContent);
}

async function draw(host) {
  const known = drawn.get(host);
  const { resolve, done } = looks(host);
  const spec = { ...dressed(known.spec, resolve), width: "container" };
  done();
  known.view?.finalize();
  const { view } = await window.vegaEmbed(host, spec, {
    mode: "vega-lite", renderer: "svg", ast: true, actions: false, defaultStyle: false, tooltip: false,
  });
  known.view = view;
  const picture = host.querySelector("svg");
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", spec.description ?? "");
  host.dataset.chartState = "drawn";
}

async function find(root) {
  for (const host of root.querySelectorAll("[data-chart-src], [data-chart]")) {
    if (drawn.has(host)) continue;
    drawn.set(host, {});
    try {
      drawn.get(host).spec = await definition(host);
      await draw(host);
    } catch (fault) {
      host.dataset.chartState = "failed"; // the table below the chart says the same
      console.error(fault);
    }
  }
}

function redraw() {
  for (const [host, { spec, view }] of drawn) {
    if (host.isConnected) {
      if (spec) draw(host);
    } else {
      view?.finalize();
      drawn.delete(host);
    }
  }
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
matchMedia("(prefers-contrast: more)").addEventListener("change", redraw);
new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
document.addEventListener("htmx:afterSwap", (event) => find(event.detail.elt.parentElement ?? document));
find(document);
