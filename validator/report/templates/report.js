(() => {
  "use strict";
  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);
  const sheet = byId("sheet");
  const cards = [...sheet.querySelectorAll(".card")];

  /* The outcome and the filters are known at the end, and belong at the top. */
  byId("outcome").append(byId("result"));
  byId("tools").append(byId("filters"));
  if (byId("legend")) byId("tools").after(byId("legend"));
  byId("filters").hidden = false;
  document.title = document.querySelector("#result h1").textContent + " – " + document.title;

  /* What fails comes first. */
  const GROUPS = [
    ["fail", "Fail"],
    ["known", "Known to fail"],
    ["unjudged", "Not judged"],
    ["warned", "Pass, with warnings"],
    ["pass", "Pass"],
  ];
  const sections = GROUPS.map(([group, label]) => {
    const members = cards.filter((card) => card.dataset.group === group);
    const section = document.createElement("section");
    section.className = "group " + group;
    const title = document.createElement("h2");
    title.id = "group-" + group;
    section.setAttribute("aria-labelledby", title.id);
    const count = document.createElement("span");
    count.className = "count";
    title.append(label + " ", count);
    const grid = document.createElement("div");
    grid.className = "grid";
    grid.append(...members);
    section.append(title, grid);
    return { section, members, count };
  }).filter(({ members }) => members.length);
  sheet.append(...sections.map(({ section }) => section));
  root.classList.remove("scripted");
  root.classList.add("ready");

  /* Filters: any of what is chosen in one row, and all of the rows; they are kept in the address. */
  const KEYS = ["verdict", "kind", "fits", "misses", "rule"];
  const chips = [...document.querySelectorAll(".chip[data-key]")];
  const search = byId("search");
  const texts = new Map();
  const textOf = (card) => {
    if (!texts.has(card)) {
      const parts = card.querySelectorAll(".headline, .about, .message, .code, .help, .skipped");
      const said = [card.querySelector(".name").title, ...[...parts].map((part) => part.textContent)];
      texts.set(card, said.join("\n").replaceAll("\u00a0", " ").toLowerCase());
    }
    return texts.get(card);
  };
  const profilesOf = (card, fits) =>
    [...card.querySelectorAll("[data-profile]")]
      .filter((row) => row.classList.contains("pass") === fits)
      .map((row) => row.dataset.profile);
  const VALUES = {
    verdict: (card) => [card.dataset.group],
    kind: (card) => [card.dataset.kind],
    rule: (card) => card.dataset.codes.split(" "),
    fits: (card) => profilesOf(card, true),
    misses: (card) => profilesOf(card, false),
  };
  const chosen = () => {
    const found = new Map();
    for (const chip of chips) {
      if (chip.getAttribute("aria-pressed") !== "true") continue;
      found.set(chip.dataset.key, [...(found.get(chip.dataset.key) ?? []), chip.dataset.value]);
    }
    return found;
  };
  const apply = () => {
    const wanted = chosen();
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { section, members, count } of sections) {
      let here = 0;
      for (const card of members) {
        const fits =
          [...wanted].every(([key, values]) => {
            const has = VALUES[key](card);
            // An asset lies under one verdict and one kind, but fits several profiles: all that are chosen.
            return key === "fits" || key === "misses"
              ? values.every((value) => has.includes(value))
              : values.some((value) => has.includes(value));
          }) && words.every((word) => textOf(card).includes(word));
        card.hidden = !fits;
        here += fits;
      }
      section.hidden = !here;
      count.textContent = here === members.length ? here : `${here} of ${members.length}`;
      shown += here;
    }
    const filtered = wanted.size > 0 || words.length > 0;
    byId("nothing").hidden = shown > 0 || !cards.length;
    byId("clear").hidden = !filtered;
    byId("shown").textContent = filtered ? `${shown} of ${cards.length} shown` : "";
    const rules = byId("rules-chosen");
    if (rules) rules.textContent = (wanted.get("rule") ?? []).join(", ");
  };
  const toAddress = () => {
    const parts = new URLSearchParams();
    const wanted = chosen();
    for (const key of KEYS) for (const value of wanted.get(key) ?? []) parts.append(key, value);
    if (search.value.trim()) parts.set("q", search.value.trim());
    const fragment = parts.toString();
    try {
      history.replaceState(null, "", fragment ? "#" + fragment : location.pathname + location.search);
    } catch {
      location.hash = fragment; // where a page on disk may not write its own address
    }
  };
  const fromAddress = () => {
    const fragment = location.hash.slice(1);
    const target = fragment.includes("=") ? null : byId(fragment);
    if (target?.matches(".rule")) target.open = true;
    if (target) return target.scrollIntoView();
    const parts = new URLSearchParams(fragment);
    for (const chip of chips) {
      const pressed = parts.getAll(chip.dataset.key).includes(chip.dataset.value);
      chip.setAttribute("aria-pressed", String(pressed));
    }
    search.value = parts.get("q") ?? "";
    const byRule = document.querySelector(".by-rule");
    if (byRule && parts.has("rule")) byRule.open = true;
    apply();
  };
  const clear = () => {
    for (const chip of chips) chip.setAttribute("aria-pressed", "false");
    search.value = "";
    apply();
    toAddress();
  };
  for (const chip of chips) {
    chip.addEventListener("click", () => {
      chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
      apply();
      toAddress();
    });
  }
  search.addEventListener("input", () => {
    apply();
    toAddress();
  });
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  for (const button of document.querySelectorAll("[data-clears]")) {
    button.addEventListener("click", () => {
      clear();
      search.focus();
    });
  }
  window.addEventListener("hashchange", fromAddress);

  /* A rule is read where one is, and closed again; without scripts the link leads to it. */
  const explained = byId("explained");
  sheet.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.code");
    const rule = link && byId(link.hash.slice(1));
    if (!rule || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    byId("explained-title").replaceChildren(
      ...[...rule.querySelectorAll("summary > .code, summary > .rule-name")].flatMap((part) => [
        part.cloneNode(true),
        " ",
      ]),
    );
    const summary = document.createElement("p");
    summary.className = "sums-up";
    summary.textContent = rule.querySelector(".sums-up").textContent;
    byId("explained-body").replaceChildren(summary, rule.querySelector("dl").cloneNode(true));
    explained.showModal();
  });
  explained.addEventListener("click", (event) => {
    if (event.target === explained) explained.close();
  });

  /* Names are shortened to fit, and copied whole. */
  const announce = (text) => {
    byId("announced").textContent = text;
  };
  const copied = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      area.className = "copied";
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      return done;
    }
  };
  sheet.addEventListener("click", async (event) => {
    const button = event.target.closest?.(".copy");
    if (!button) return;
    const done = await copied(button.parentElement.querySelector(".name").title);
    button.focus();
    button.classList.toggle("done", done);
    announce(done ? "The name was copied." : "The name could not be copied.");
    setTimeout(() => button.classList.remove("done"), 1500);
  });

  /* Marks over the pictures. */
  byId("marks")?.addEventListener("click", () => {
    const on = byId("marks").getAttribute("aria-pressed") !== "true";
    byId("marks").setAttribute("aria-pressed", String(on));
    root.classList.toggle("unmarked", !on);
  });

  /* The theme: as the system has it, light or dark. */
  const theme = byId("theme");
  const THEMES = ["system", "light", "dark"];
  const showTheme = () => {
    const now = root.dataset.theme ?? "system";
    byId("theme-name").textContent = now;
  };
  theme.addEventListener("click", () => {
    const next = THEMES[(THEMES.indexOf(root.dataset.theme ?? "system") + 1) % THEMES.length];
    if (next === "system") delete root.dataset.theme;
    else root.dataset.theme = next;
    try {
      localStorage.setItem("validator-theme", next);
    } catch {
      // It holds for this visit.
    }
    showTheme();
  });
  theme.hidden = false;
  showTheme();

  /* On paper nothing can be opened. */
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll(".rule:not([open])")];
    for (const rule of opened) rule.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const rule of opened) rule.open = false;
  });

  apply();
  if (location.hash) fromAddress();
})();
