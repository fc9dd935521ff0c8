using FsxFuse.Repository.Objects;

namespace FsxFuse.Repository.Links;

/// <summary>Opens the bucket (or the directory that stands in for one) of a link. It makes no request and is called once for each link.</summary>
public delegate IObjectStore OpenObjectStore(RepositoryUrl url, LinkOptions options);
