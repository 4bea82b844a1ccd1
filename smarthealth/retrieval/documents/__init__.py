"""Documents into passages: Markdown, HTML, text and PDF, by headings, with tables kept whole."""
