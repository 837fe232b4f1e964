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
  const STATES = { fits: "pass", warned: "warned", misses: "fail", unjudged: "unjudged" };
  const KEYS = ["verdict", "kind", ...Object.keys(STATES), "rule"];
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
  const VALUES = {
    verdict: (card) => [card.dataset.group],
    kind: (card) => [card.dataset.kind],
    rule: (card) => card.dataset.codes.split(" "),
  };
  // Each profile says one thing of an asset: any of what is chosen for one, and all of the profiles.
  const byProfile = (wanted) => {
    const states = new Map();
    for (const [key, state] of Object.entries(STATES))
      for (const name of wanted.get(key) ?? []) states.set(name, [...(states.get(name) ?? []), state]);
    return (card) =>
      !states.size ||
      [...card.querySelectorAll("[data-profile]")].filter((row) =>
        states.get(row.dataset.profile)?.includes(row.className),
      ).length === states.size;
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
    const judgedSo = byProfile(wanted);
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { section, members, count } of sections) {
      let here = 0;
      for (const card of members) {
        const fits =
          Object.entries(VALUES).every(
            ([key, values]) =>
              !wanted.has(key) || values(card).some((value) => wanted.get(key).includes(value)),
          ) &&
          judgedSo(card) &&
          words.every((word) => textOf(card).includes(word));
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
  const showAll = () => {
    for (const chip of chips) chip.setAttribute("aria-pressed", "false");
    search.value = "";
    apply();
  };
  const fromAddress = () => {
    const fragment = location.hash.slice(1);
    const target = fragment.includes("=") ? null : byId(fragment);
    if (target?.matches(".rule")) target.open = true;
    if (target?.closest(".card[hidden]")) showAll();
    if (target) return target.scrollIntoView();
    const parts = new URLSearchParams(fragment);
    for (const chip of chips) {
      const pressed = parts.getAll(chip.dataset.key).includes(chip.dataset.value);
      chip.setAttribute("aria-pressed", String(pressed));
    }
    search.value = parts.get("q") ?? "";
    apply();
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
      showAll();
      toAddress();
      search.focus();
    });
  }
  window.addEventListener("hashchange", fromAddress);

  /* What is jumped to is not hidden by the filters, which stay at the top unless they are tall. */
  const tools = byId("tools");
  const measure = () => {
    const height = tools.offsetHeight;
    tools.classList.toggle("stays", height < window.innerHeight / 3);
    const stays = getComputedStyle(tools).position === "sticky";
    root.style.scrollPaddingTop = stays ? `${height + 12}px` : "";
  };
  new ResizeObserver(measure).observe(tools);
  window.addEventListener("resize", measure);
  measure();

  /* The list of rules opens below its button, over the cards where there is room. */
  const byRule = document.querySelector(".by-rule");
  const panel = byRule?.querySelector("fieldset");
  const floats = () => getComputedStyle(panel).position === "absolute";
  const place = () => {
    panel.style.left = "";
    if (!byRule.open || !floats()) return;
    const edge = byId("filters").getBoundingClientRect().right;
    panel.style.left = `${Math.min(0, edge - panel.getBoundingClientRect().right)}px`;
  };
  if (byRule) {
    byRule.addEventListener("toggle", place);
    window.addEventListener("resize", place);
    byRule.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !byRule.open) return;
      byRule.open = false;
      byRule.querySelector("summary").focus();
    });
    document.addEventListener("pointerdown", (event) => {
      if (byRule.open && floats() && !byRule.contains(event.target)) byRule.open = false;
    });
  }

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
  for (const button of sheet.querySelectorAll(".copy")) button.hidden = false;
  sheet.addEventListener("click", async (event) => {
    const button = event.target.closest?.(".copy");
    if (!button) return;
    const done = await copied(button.parentElement.querySelector(".name").title);
    button.focus();
    button.classList.toggle("done", done);
    const how = button.dataset.escaped ? " as it is shown" : "";
    announce(done ? `The name was copied${how}.` : "The name could not be copied.");
    setTimeout(() => button.classList.remove("done"), 1500);
  });

  /* Marks over the pictures. */
  const marks = byId("marks");
  if (marks) marks.hidden = false;
  marks?.addEventListener("click", () => {
    const on = marks.getAttribute("aria-pressed") !== "true";
    marks.setAttribute("aria-pressed", String(on));
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

  /* On paper nothing can be opened: rules and notes are; values only where they were. */
  let opened = [];
  window.addEventListener("beforeprint", () => {
    const closed = ".rule:not([open]), .values.noted:not([open])";
    opened = [...document.querySelectorAll(closed)];
    for (const each of opened) {
      each.open = true;
      each.classList.add("for-paper");
    }
  });
  window.addEventListener("afterprint", () => {
    for (const each of opened) {
      each.open = false;
      each.classList.remove("for-paper");
    }
    opened = [];
  });

  apply();
  if (location.hash) fromAddress();
})();
