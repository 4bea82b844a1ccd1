// What is seen and can be used, but has no name for a screen reader.
[...document.querySelectorAll('button, a, input, textarea, select, summary, meter, [role]')]
  .filter(node => node.checkVisibility({visibilityProperty: true}) && !node.matches('[role=alert], [role=status], [role=log]'))
  .filter(node => !(node.getAttribute('aria-label') || node.labels?.[0]?.textContent.trim() || node.textContent.trim()
    || node.getAttribute('aria-labelledby')))
  .map(node => node.outerHTML.slice(0, 120))
