namespace FsxFuse.Repository.Export;

/// <summary>Somebody changed an object between our look and our write: nothing was done; look again.</summary>
internal sealed class KeyMovedException(string key, Exception inner) : Exception($"'{key}' was changed by others meanwhile.", inner);
