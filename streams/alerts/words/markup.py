"""Text from events that no chat takes for markup, mentions or links."""

from __future__ import annotations

import re

from streams.alerts.words.plain_text import plain

# The robots of DingTalk and WeCom document no escape, so what could be markup becomes its wide twin.
_WIDE = str.maketrans({sign: chr(ord(sign) + 0xFEE0) for sign in "*`[]<>#~|@\\!"})
_UNKNOWN = str.maketrans({sign: chr(ord(sign) + 0xFEE0) for sign in "*`<>~|@"})
_AT_A_WORD_END = re.compile(r"(?<![^\W_])_|_(?![^\W_])")


def widened(text: str) -> str:
    r"""For DingTalk and WeCom markdown: no emphasis, link, image, mention or tag is left; names stay legible.

    >>> widened("payment_method [x](http://e.vil) <@all> **b** _i_")
    'payment_method ［x］(http：//e.vil) ＜＠all＞ ＊＊b＊＊ ＿i＿'
    """
    return _AT_A_WORD_END.sub("＿", plain(text).replace("://", "：//").translate(_WIDE))


def unmarked(text: str) -> str:
    """For a service that is not known: no mention, tag, link or emphasis, whatever it takes for one.

    >>> unmarked("[WARNING] <@all> @everyone http://e.vil **b**")
    '[WARNING] ＜＠all＞ ＠everyone http：//e.vil ＊＊b＊＊'
    """
    return _AT_A_WORD_END.sub("＿", plain(text).replace("://", "：//").translate(_UNKNOWN))


def slack_escaped(text: str) -> str:
    """For Slack's mrkdwn: its three entities, as Slack documents them; other signs keep apart from their words.

    >>> slack_escaped("<!channel> & *b*")
    '&lt;!channel&gt; &amp; ＊b＊'
    """
    safe = plain(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _AT_A_WORD_END.sub("＿", safe.translate(str.maketrans("*`~", "＊｀～")))
