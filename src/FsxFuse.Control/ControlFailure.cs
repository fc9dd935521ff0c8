namespace FsxFuse.Control;

/// <summary>Ways in which a control request fails; each is one HTTP status.</summary>
public enum ControlFailure
{
    /// <summary>The request makes no sense (400).</summary>
    BadRequest = 400,

    /// <summary>No such task, link or path (404).</summary>
    NotFound = 404,

    /// <summary>Not possible in the present state: busy, already linked, ended (409).</summary>
    Conflict = 409,

    /// <summary>It was tried and did not work (500).</summary>
    Failed = 500,

    /// <summary>The repository did not let it be done now (503).</summary>
    Unavailable = 503,
}
