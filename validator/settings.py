"""What a user can choose, as types: the keys of a configuration file are their fields."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from validator.judge import Limits
from validator.model import Depth, GroupKind, Role

Weight = Literal["error", "warning", "note", "off"]
"""What a user can make of a rule: one of the severities, or nothing."""

FailOn = Literal["error", "warning", "note"]
"""From which severity on findings make a run fail."""


def about(text: str) -> msgspec.Meta:
    """Say what a setting is for: in the JSON schema, and in the file that `validator init` writes."""
    return msgspec.Meta(description=text)


Seconds = Annotated[float, msgspec.Meta(gt=0, le=86400, description="seconds")]
Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]
Selectors = Annotated[
    tuple[str, ...],
    msgspec.Meta(description='names or codes of rules, or prefixes: "image-side", "VID005", "VID", "ALL"'),
]
Weights = Annotated[
    dict[str, Weight], msgspec.Meta(description="severity by name, code or prefix; the longer one wins")
]


class Override(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab", kw_only=True):
    """Other choices for some assets. Of several that name an asset, the later one wins.

    `files` are globs as in `.gitignore`, relative to the folder of the configuration file; a URL is
    matched by its path. `select` starts anew, so that earlier `select` and `ignore` no longer count
    for these assets; `ignore` alone is added to what is ignored before. An asset list that names an
    asset's role or group itself is not overridden.

    >>> Override(files=("faces/",), role=Role.CLOSE_UP).files
    ('faces/',)
    """

    files: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, description="globs as in .gitignore")]
    role: Role | None = None
    group: GroupKind | None = None
    select: Selectors | None = None
    ignore: Selectors | None = None
    severity: Weights = {}
    limits: Limits | None = None
    depth: Depth | None = None


class ServiceSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab", kw_only=True):
    """The table `[service]`: where the asset library is, and where its key lies.

    `api-key-file` is relative to the configuration file, and is read where ORCAROUTER_API_KEY is not set.
    `operations` gives an operation another verb and path, such as "POST /asset/files/{asset_id}/delete".

    >>> ServiceSettings().base_url
    'https://api.orcarouter.ai/v1'
    """

    base_url: Annotated[
        str,
        msgspec.Meta(
            min_length=1, description="the address of the asset library, up to where its paths begin"
        ),
    ] = "https://api.orcarouter.ai/v1"
    api_key_file: Annotated[
        str, msgspec.Meta(description="a file with the API key, readable by its owner only")
    ] = ""
    operations: Annotated[
        dict[str, str],
        msgspec.Meta(description="operations that are asked for in another way: verb and path by name"),
    ] = {}


class UploadSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab", kw_only=True):
    """The table `[upload]`: how files get a public address, how many, how long. Times are in seconds.

    `public-url` and `publish` exclude each other; `journal` is relative to the configuration file, and is in
    the user's data folder where nothing is said.

    >>> UploadSettings().quota
    100
    """

    public_url: Annotated[
        str, msgspec.Meta(description="where the files are on the web already; their path is appended")
    ] = ""
    publish: Annotated[
        str,
        msgspec.Meta(
            description="a bucket to put files into, and a prefix in it, such as s3://bucket/assets"
        ),
    ] = ""
    link_life: Annotated[
        float,
        msgspec.Meta(ge=60, le=604_800, description="seconds that the signed link to a published file holds"),
    ] = 43_200
    unpublish: Annotated[
        bool, msgspec.Meta(description="remove a published file once its asset is Active")
    ] = False
    quota: Annotated[
        int, msgspec.Meta(ge=1, le=1_000_000, description="how many assets the account may hold")
    ] = 100
    wait_timeout: Annotated[Seconds, about("seconds to wait until all assets are Active")] = 1800
    list_lag: Annotated[
        float, msgspec.Meta(ge=0, le=3600, description="seconds until the service lists what was created")
    ] = 10
    journal: Annotated[
        str,
        msgspec.Meta(
            description="the file that remembers what was uploaded, if not one in the user's data folder"
        ),
    ] = ""


FILLS = "blur|edge|transparent|black|white|#[0-9A-Fa-f]{3}|#[0-9A-Fa-f]{6}"
"""What may lie beside a padded picture."""
FACES = "largest|[1-9][0-9]{0,3}"
"""Whom a portrait can be cropped to."""
MOST_ENLARGED = 100
"""How many times a picture may be enlarged, where that is asked for."""


class FixSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab", kw_only=True):
    """The table `[fix]`: where conforming copies go, and how they are made.

    `output` is relative to the configuration file; where it is empty, the folder `mended` in the current one.

    >>> FixSettings().fit
    'pad'
    """

    output: Annotated[
        str,
        about('the folder that copies are written into, if not the folder "mended" in the current one'),
    ] = ""
    level: Annotated[FailOn, about("from which severity on findings are mended")] = "error"
    fit: Annotated[
        Literal["pad", "crop"], about("how a ratio is mended: by room beside the picture, or by cutting it")
    ] = "pad"
    fill: Annotated[
        str,
        msgspec.Meta(
            pattern=rf"^({FILLS})$",
            description="what lies beside a padded picture: blur (the picture itself, blurred), edge (the "
            "colour of its edge), transparent, black, white, or a colour such as #202020 or #fff",
        ),
    ] = "blur"
    metadata: Annotated[
        Literal["keep", "drop"], about("whether Exif, XMP, IPTC and tags stay in the copy")
    ] = "keep"
    max_enlarge: Annotated[
        float, msgspec.Meta(ge=1, le=MOST_ENLARGED, description="a picture is enlarged at most so many times")
    ] = 16.0
    face: Annotated[
        str,
        msgspec.Meta(
            pattern=rf"^({FACES})?$",
            description="whom a portrait is cropped to: largest, or a number from 1 as the report lists them",
        ),
    ] = ""
    scenes: Annotated[bool, about("cut a clip only where a shot begins or ends")] = False
    lengthen: Annotated[
        Literal["never", "loop", "hold", "slow"],
        about("how what is too short is made longer: played again, its last frame held, or slowed down"),
    ] = "never"
    normalise: Annotated[bool, about("bring sounds that are mended to a usual loudness")] = False


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab", kw_only=True):
    """All that a configuration file can say. Every key is optional; times are in seconds.

    `workers = 0` takes as many as there are usable cores.
    """

    profile: Annotated[
        str, about("the limits to judge by: the name of a shipped profile, or a TOML file of your own")
    ] = "seedance-2.0"
    further_profiles: Annotated[
        tuple[str, ...], msgspec.Meta(description="profiles that lint judges every asset by, too")
    ] = ()
    limits: Annotated[
        Limits, about("which limits decide; observed: what others have seen pass beyond them is a warning")
    ] = Limits.DOCUMENTED
    depth: Annotated[
        Depth, about("how much is decoded: headers; images whole and clips in places; or everything")
    ] = Depth.STANDARD
    select: Annotated[
        Selectors, about('the rules that run; all where it is empty: names, codes, or prefixes such as "VID"')
    ] = ()
    ignore: Annotated[Selectors, about("rules that do not run: names, codes or prefixes")] = ()
    severity: Weights = {}
    all_findings: Annotated[
        bool, about("decode what fails by its header, too, so that everything that is wrong is found")
    ] = False
    fail_on: Annotated[FailOn, about("from which severity on findings make a run fail")] = "error"
    role: Annotated[Role | None, about("what the assets are for, where no list says it")] = None
    group: Annotated[
        GroupKind | None, about("the kind of asset group that they are meant for, where no list says it")
    ] = None
    overrides: Annotated[
        tuple[Override, ...],
        about("other choices for some files; where several name a file, the later one wins"),
    ] = ()
    output_format: Annotated[
        str | None,
        about(
            "the form of the report; where none is said, the ending of its file's name says it, or it is text"
        ),
    ] = None
    baseline: Annotated[
        str, msgspec.Meta(description="a file of known findings, which lint does not count")
    ] = ""
    exit_zero: Annotated[bool, about("exit with 0 whatever is found")] = False
    quiet: Annotated[bool, about("report only what decides the outcome, and show no progress")] = False
    show_passing: Annotated[
        bool, about("list assets without findings too, and every measured value beside its limit")
    ] = False
    explain: Annotated[bool, about("say below each finding its rule's reason, limit and source")] = False
    workers: Annotated[
        int,
        msgspec.Meta(ge=0, le=256, description="how many assets are judged at a time; 0: one for each core"),
    ] = 0
    downloads: Annotated[
        int, msgspec.Meta(ge=1, le=64, description="how many URLs are fetched at a time")
    ] = 8
    connect_timeout: Annotated[Seconds, about("seconds until a connection has to stand")] = 10
    read_timeout: Annotated[Seconds, about("seconds between two reads of an answer")] = 20
    download_timeout: Annotated[
        Seconds, about("seconds for a whole download, with all that is tried again")
    ] = 120
    retries: Annotated[
        int,
        msgspec.Meta(
            ge=0, le=10, description="how often a failed download is tried again, where it may help"
        ),
    ] = 2
    allow_private_hosts: Annotated[
        bool, about("fetch from hosts that are not public too, such as this machine")
    ] = False
    ports: Annotated[
        tuple[Port, ...], msgspec.Meta(description="the ports that a URL may name; others are refused")
    ] = (
        80,
        443,
        8080,
        8443,
    )
    decode_timeout: Annotated[Seconds, about("seconds for decoding one file")] = 60
    decode_memory: Annotated[
        int, msgspec.Meta(ge=1_000, le=1_000_000, description="MB of address space of one decoding process")
    ] = 4_000
    look_timeout: Annotated[Seconds, about("seconds for looking for faces in one picture")] = 30
    cache: Annotated[bool, about("remember what was measured, for files that nobody has touched since")] = (
        True
    )
    cache_size: Annotated[
        int, msgspec.Meta(ge=1, le=1_000_000, description="MB on disk that this may take")
    ] = 500
    models: Annotated[str, msgspec.Meta(description="a folder with the models of the face detectors")] = ""
    references: Annotated[
        tuple[str, ...], msgspec.Meta(description="pictures of the person whom every face should be")
    ] = ()
    service: ServiceSettings = ServiceSettings()
    upload: UploadSettings = UploadSettings()
    fix: FixSettings = FixSettings()


class FoundFile(msgspec.Struct, frozen=True, kw_only=True):
    """A configuration file that was found, and named by nobody: what it said of the key and of files."""

    path: Path
    service: ServiceSettings
    upload: UploadSettings


class Config(Settings, frozen=True, forbid_unknown_fields=True, rename="kebab", kw_only=True):
    """A user's choices, and where the globs of the overrides start.

    `folder` is the folder of the configuration file, or `None` for the working directory; `found` is that
    file where it was only found, and not named. A file can set neither. A path in `profile` is relative to
    the working directory (`load_config` has made it so).

    >>> Config(ignore=("IMG008",), severity={"VID006": "warning"}).limits.value
    'documented'
    """

    folder: Path | None = None
    found: FoundFile | None = None
